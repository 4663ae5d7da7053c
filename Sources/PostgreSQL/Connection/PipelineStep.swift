/// One statement on its way to the server. Steps up to and including one with `endsGroup` run as one transaction,
/// unless a
/// transaction block is open: all of a group happen, or none.
struct PipelineStep {
    let statement: SQLStatement
    let parameters: SQLParameters
    /// A Sync follows.
    var endsGroup: Bool
}

/// What became of a step. A step that was skipped because an earlier one of its group failed carries that one's error.
typealias PipelineOutcome = Result<QueryResult, PostgreSQLError>
