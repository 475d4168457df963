package import GalleryModel

/// What can go wrong with an account.
package enum AccountError: DomainError, Equatable {
    case invalidName
    case reservedName(String)
    case nameTaken(String)
    case unknown(String)
    case notAPerson(String)
    case notAnOrganization(String)
    case invalidNickname, invalidEmail, bioTooLong, emailNeedsCode
    case passwordTooShort, passwordTooLong, passwordSameAsName
    case wrongPassword
    case signUpClosed
    case lastOperator
    case badLimits
    case hasOperator

    package var problem: Problem {
        switch self {
        case .invalidName:
            .invalid(
                "account-name-invalid",
                "An account name has 2 to 64 characters out of A-Z, a-z, 0-9, '.', '_' and '-', neither starts nor ends "
                    + "with '.' or '-', and has no '--' or '..' in it."
            )
        case .reservedName(let name):
            .invalid("account-name-reserved", "The name '\(name)' is reserved. Choose another one.")
        case .nameTaken(let name):
            Problem(.conflict, "account-name-taken", "The name '\(name)' is taken. Choose another one.")
        case .unknown(let name):
            Problem(.missing, "account-not-found", "There is no account '\(name.prefix(64))'.")
        case .notAPerson(let name):
            .invalid("account-not-a-person", "'\(name)' is an organisation; a person's account is needed here.")
        case .notAnOrganization(let name):
            Problem(.missing, "organization-not-found", "There is no organisation '\(name.prefix(64))'.")
        case .invalidNickname:
            .invalid("nickname-invalid", "A nickname has 1 to 64 characters on one line.")
        case .invalidEmail:
            .invalid("email-invalid", "The e-mail address does not look like one.")
        case .bioTooLong:
            .invalid("bio-too-long", "An introduction has at most 500 characters.")
        case .emailNeedsCode:
            .invalid(
                "email-needs-code",
                "A new e-mail address is confirmed by a code: ask for one with POST /api/v1/account/email-code."
            )
        case .passwordTooShort:
            .invalid("password-too-short", "A password has at least 10 characters.")
        case .passwordTooLong:
            .invalid("password-too-long", "A password has at most 256 bytes.")
        case .passwordSameAsName:
            .invalid("password-too-easy", "The password must not be the account's name.")
        case .wrongPassword:
            Problem(.forbidden, "password-wrong", "The present password is not right.")
        case .signUpClosed:
            Problem(.forbidden, "sign-up-closed", "New accounts are made by the operators of this gallery.")
        case .hasOperator:
            Problem(.missing, "set-up-done", "This gallery is set up already.")
        case .badLimits:
            .invalid(
                "limits-invalid",
                "A limit is a number of bytes: at most 500 GB for a file, 1 PB for a repository."
            )
        case .lastOperator:
            Problem(
                .conflict,
                "last-operator",
                "This is the last administrator who can sign in: appoint another one first."
            )
        }
    }
}
