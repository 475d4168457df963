/// What is written to the audit log; each has its words in both languages under `audit.action.<name>`.
enum AuditActions {
    static let all = [
        "access.accepted", "access.pending", "access.rejected",
        "account.change-password", "account.confirm-email", "account.create", "account.disable", "account.enable",
        "account.end-sessions", "account.rename", "account.replace-forgotten-password", "account.reset-password",
        "account.revoke-credentials", "account.set-limits", "account.set-role", "account.unverify-real-name",
        "account.verify-real-name",
        "agreement.edit",
        "asset.approve", "asset.change", "asset.configure", "asset.create", "asset.delete", "asset.delist",
        "asset.list",
        "asset.mark", "asset.move", "asset.publish", "asset.reject", "asset.relate", "asset.send", "asset.set-papers",
        "asset.set-readers", "asset.unrelate", "asset.withdraw",
        "comment.dismiss-reports", "comment.hide", "comment.restore",
        "device.approve", "device.deny", "discussion.hide",
        "export.assets", "export.audit",
        "key.create", "key.delete",
        "mail.repeat",
        "membership.remove", "membership.set",
        "organization.create", "organization.set-default-visibility",
        "site.change", "site.set-up",
        "token.create", "token.revoke",
        "version.add", "version.approve", "version.edit", "version.reject", "version.send", "version.take-offline",
        "webhook.change", "webhook.create", "webhook.delete",
        "words.add", "words.remove",
    ]
}
