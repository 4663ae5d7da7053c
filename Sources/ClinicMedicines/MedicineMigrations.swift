import FHIRStore

/// The schema of medicines. Scripts of applied migrations must not change.
enum MedicineMigrations {
    static var all: [Migration] {
        [
            Migration(version: 270, name: "stock and its ledger", script: StockSQL.script),
            Migration(
                version: 271, name: "what was handed over on prescriptions",
                script: [FillSQL.script, DispenseSQL.script, ReturnSQL.script].joined(separator: "\n")),
            Migration(version: 272, name: "rules for checks of medicines", script: RuleSQL.script),
            Migration(version: 273, name: "logs of doses", script: DoseLogSQL.script),
            Migration(version: 513, name: "levels of stock and batches that expire", script: ReorderSQL.script),
        ]
    }
}
