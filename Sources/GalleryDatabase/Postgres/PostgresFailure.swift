/// What the server refused, and whether a repetition of the transaction may help.
struct PostgresFailure {
    enum Repetition {
        /// Another transaction was in the way.
        case collision
        /// Each waited for the other.
        case deadlock
        /// The connection broke before anything was committed.
        case lostConnection
    }

    let error: DatabaseError
    private(set) var repetition: Repetition?
    /// A prepared statement was made for an older schema.
    private(set) var hasStalePlan = false

    init(error: DatabaseError) {
        self.error = error
    }

    /// Reads an SQLSTATE.
    init(state: String, text: String, isLost: Bool) {
        switch state {
        case "23505": error = .unique(text)
        case "23503", "23001": error = .foreignKey(text)
        case "23502", "23514", "22003", "22P02", "42804": error = .check(text)
        case "40001":
            error = .busy(text)
            repetition = .collision
        case "40P01":
            error = .busy(text)
            repetition = .deadlock
        case "55P03", "57014", "53300": error = .busy(text)
        case "0A000" where text.hasPrefix("cached plan must not change result type"):
            error = .busy(text)
            repetition = .collision
            hasStalePlan = true
        case _ where isLost:
            error = .busy("the connection to PostgreSQL was lost: \(text)")
            repetition = .lostConnection
        default: error = .failed("\(text) [\(state)]")
        }
    }
}
