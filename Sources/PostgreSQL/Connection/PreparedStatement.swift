/// What the server holds for one statement on one connection.
struct PreparedStatement {
    /// Never used twice on a connection, so that a statement parsed anew cannot meet its former self.
    let name: String
    /// The types declared when it was parsed; 0 where the statement decided.
    let types: [UInt32]
    var lastUse: Int
    /// The group that its preparation was sent in.
    let group: Int
    /// The server has said that it holds it.
    var isConfirmed = false

    /// Whether values of these types can be bound. A value in binary format must have the type that was
    /// declared; text and NULL fit any.
    func accepts(_ parameters: SQLParameters) -> Bool {
        let entries = parameters.entries
        guard entries.count == types.count else { return false }
        for index in entries.indices where entries[index].type != types[index] && entries[index].isBinary {
            return false
        }
        return true
    }
}
