import PostgreSQL

/// How triggers learn who acts: a parameter of the transaction, which goes out with its first statement.
package enum ClinicActor {
    /// Name of the parameter; unset where nobody had to sign in.
    package static let parameter = "martlet.actor"

    static func announce(_ caller: String, in session: Session) {
        guard !caller.isEmpty else { return }
        let (statement, parameters) = naming(caller)
        session.prepend(statement, parameters)
    }

    /// In front of work that shares its transaction with others; `naming("")` belongs behind it.
    static func naming(_ caller: String) -> (SQLStatement, SQLParameters) {
        var parameters = SQLParameters()
        parameters.append(text: caller)
        return (statement, parameters)
    }

    private static let statement = SQLStatement("SELECT set_config('\(parameter)', $1::text, true)")
}
