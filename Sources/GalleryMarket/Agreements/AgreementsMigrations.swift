package import GalleryDatabase

/// The schema of agreements, and the texts a gallery starts with.
package enum AgreementsMigrations {
    package static let all: [Migration] = [
        Migration(
            "0111 agreements",
            """
            CREATE TABLE agreements (
                kind {text} NOT NULL CHECK (kind IN ('publishing', 'service', 'data')),
                version {integer} NOT NULL,
                title_zh {text} NOT NULL,
                body_zh {text} NOT NULL,
                title_en {text} NOT NULL,
                body_en {text} NOT NULL,
                created_by {text} REFERENCES accounts (id),
                created_at {integer} NOT NULL,
                PRIMARY KEY (kind, version)
            ) {strict}
            """,
            "CREATE INDEX agreements_by_account ON agreements (created_by)",
            """
            CREATE TABLE agreement_acceptances (
                account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                kind {text} NOT NULL,
                version {integer} NOT NULL,
                accepted_at {integer} NOT NULL,
                PRIMARY KEY (account, kind, version),
                FOREIGN KEY (kind, version) REFERENCES agreements (kind, version)
            ) {strict}
            """,
            "CREATE INDEX agreement_acceptances_by_text ON agreement_acceptances (kind, version)",
            """
            INSERT INTO agreements (kind, version, title_zh, body_zh, title_en, body_en, created_by, created_at) VALUES
            ('publishing', 1, 'AI Gallery 数字内容发布协议',
            '发布前请确认：

            1. 您是所发布内容的权利人，或已获得权利人的授权；内容不侵犯他人的著作权、商标权、隐私权及其他权利。
            2. 内容不含法律法规禁止的信息，不含恶意代码，不含未经同意的个人信息。
            3. 您选择的可见范围、可用范围和许可证决定他人如何使用该内容；下架后，已订阅的用户在其期限内可继续使用。
            4. 平台可对内容进行审核；不符合本协议的内容可能不予发布或被下架。
            5. 您对所发布的内容及其后续版本承担责任。',
            'AI Gallery Content Publishing Agreement',
            'Before you publish, confirm that:

            1. You hold the rights to what you publish or have the permission of those who do, and it infringes no copyright, trademark, privacy or other right.
            2. It contains nothing that the law forbids, no malicious code, and no personal data without consent.
            3. The visibility, the gating and the licence you choose decide how others may use it; after delisting, subscribers go on using it for their term.
            4. Reviewers of this gallery may look at it; what breaks this agreement is not published, or is delisted.
            5. You answer for what you publish and for its later versions.',
            NULL, 0),
            ('service', 1, 'AI Gallery 服务协议',
            '使用 AI Gallery 即表示您同意：

            1. 妥善保管您的帐号、密码和访问令牌，并对帐号下的行为负责。
            2. 遵守法律法规，尊重他人的权利和各资产的许可证。
            3. 不绕过访问控制，不干扰平台运行，不滥用计算和存储资源。
            4. 使用资产时消耗的硬件资源可能按实际用量计费，费用会事先说明。
            5. 平台可为维护和安全需要变更或暂停服务，并尽可能提前通知。',
            'AI Gallery Service Agreement',
            'By using AI Gallery you agree to:

            1. Keep your account, password and access tokens safe; you answer for what is done with them.
            2. Obey the law, and respect the rights of others and the licence of every asset.
            3. Not circumvent access control, disturb the service, or misuse compute and storage.
            4. Pay for hardware that your use of an asset consumes where that has a price, which is told beforehand.
            5. Changes and pauses of the service for maintenance and safety, announced in advance where possible.',
            NULL, 0),
            ('data', 1, '数据安全与隐私风险承担条款',
            '该资产不是官方资产，由其他用户发布。继续之前请了解：

            1. 平台不对第三方资产的准确性、安全性和合法性作出保证；请在使用前自行评估。
            2. 资产可能包含代码，或在运行时处理您的数据；请勿对其输入未经授权的个人信息、商业秘密或敏感数据。
            3. 发布者可能收到您在申请中填写的信息。
            4. 因使用第三方资产产生的数据安全与隐私风险由您自行承担。',
            'Data Security and Privacy Risk Terms',
            'This asset is not an official one; another user published it. Before you go on, know that:

            1. The gallery does not vouch for the accuracy, safety or lawfulness of what others publish; assess it before you use it.
            2. It may contain code or process your data when it runs; do not give it personal data, trade secrets or sensitive data without authority.
            3. Its publisher may receive what you write in an application.
            4. You bear the risks to data security and privacy that come with using it.',
            NULL, 0)
            """
        ),
        Migration(
            "0127 acceptances in order",
            "CREATE INDEX agreement_acceptances_in_order ON agreement_acceptances (kind, version, account)",
            "DROP INDEX agreement_acceptances_by_text"
        ),
        Migration(
            "0128 each acceptance",
            """
            CREATE TABLE agreement_ticks (
                id {text} NOT NULL PRIMARY KEY,
                account {text} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                kind {text} NOT NULL,
                version {integer} NOT NULL,
                occasion {text} NOT NULL
                    CHECK (occasion IN ('', 'onboarding', 'publishing', 'subscribing', 'applying')),
                repo {text} REFERENCES repositories (id) ON DELETE SET NULL,
                at {integer} NOT NULL,
                FOREIGN KEY (kind, version) REFERENCES agreements (kind, version)
            ) {strict}
            """,
            "CREATE INDEX agreement_ticks_by_account ON agreement_ticks (account, at)",
            "CREATE INDEX agreement_ticks_by_text ON agreement_ticks (kind, version)",
            "CREATE INDEX agreement_ticks_by_repo ON agreement_ticks (repo)"
        ),
    ]
}
