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
            Migration(version: 632, name: "units of medicines without a query", script: units),
        ]
    }

    /// In PL/pgSQL, whose expressions are prepared once.
    private static let units = """
        CREATE OR REPLACE FUNCTION medicine_unit(quantity jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
          RETURN jsonb_strip_nulls(jsonb_build_object('code', quantity -> 'code', 'unit', quantity -> 'unit'));
        END $$;
        CREATE OR REPLACE FUNCTION medicine_is_no_more(former jsonb, quantity jsonb) RETURNS boolean
        LANGUAGE plpgsql IMMUTABLE AS $$
        DECLARE
          now_amount numeric := medicine_number(quantity -> 'value');
          former_amount numeric := medicine_number(former -> 'quantity');
        BEGIN
          RETURN former -> 'unit' = medicine_unit(quantity)
            AND coalesce(now_amount <= former_amount, now_amount IS NULL AND former_amount IS NULL);
        END $$;
        """

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
