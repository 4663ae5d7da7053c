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
            Migration(version: 594, name: "cheaper references of dispenses", script: references),
        ]
    }

    private static let references = """
        CREATE OR REPLACE FUNCTION medicine_prescriptions(content jsonb) RETURNS SETOF text
        LANGUAGE sql IMMUTABLE AS $$
          SELECT DISTINCT r.id FROM (
            SELECT substr(clinic_reference(x ->> 'reference', 'MedicationRequest'), 19) AS id
            FROM jsonb_array_elements(CASE jsonb_typeof(content -> 'authorizingPrescription')
              WHEN 'array' THEN content -> 'authorizingPrescription' ELSE '[]' END) x) r
          WHERE r.id IS NOT NULL ORDER BY 1
        $$;
        """
}
