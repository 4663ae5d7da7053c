import FHIRStore

/// No charge is claimed twice, whatever door a claim comes through.
///
/// A claim names its charges by extensions of its items or by supporting information. One that replaces another says
/// so by `related`.
enum ClaimSQL {
    static var script: String {
        """
        CREATE TABLE money_claim (key text COLLATE "C" PRIMARY KEY, claim text COLLATE "C" NOT NULL);
        CREATE INDEX money_claim_claim ON money_claim (claim);
        CREATE TABLE money_claim_charge (
          charge text COLLATE "C" PRIMARY KEY,
          claim text COLLATE "C" NOT NULL);
        CREATE INDEX money_claim_charge_claim ON money_claim_charge (claim);

        CREATE FUNCTION money_claim_charges(content jsonb) RETURNS TABLE (charge text) LANGUAGE sql IMMUTABLE AS $$
          SELECT DISTINCT money_reference(r #>> '{}') FROM (
            SELECT jsonb_path_query(content, '$.item.extension.valueReference.reference') AS r
            UNION ALL SELECT jsonb_path_query(content, '$.extension.valueReference.reference')
            UNION ALL SELECT jsonb_path_query(content, '$.supportingInfo.valueReference.reference')) v
          WHERE content ->> 'status' = 'active' AND content ->> 'use' = 'claim'
            AND money_reference(r #>> '{}') LIKE 'ChargeItem/%'
        $$;
        CREATE FUNCTION money_keep_claim() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM money_claim_charge WHERE claim = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' THEN
            RETURN NULL;
          END IF;
          INSERT INTO money_claim_charge (charge, claim)
            SELECT charge, NEW.id FROM money_claim_charges(NEW.content) ORDER BY charge
            ON CONFLICT (charge) DO UPDATE SET claim = excluded.claim WHERE money_claim_charge.claim IN (
              SELECT substr(money_reference(r #>> '{}'), 7)
              FROM jsonb_path_query(NEW.content, '$.related.claim.reference') r);
          IF EXISTS (
            SELECT FROM money_claim_charges(NEW.content) c JOIN money_claim_charge k USING (charge)
            WHERE k.claim <> NEW.id) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'duplicate|another claim is for the same charge';
          END IF;
          RETURN NULL;
        END $$;
        DO $do$
        BEGIN
          IF to_regclass('claim') IS NOT NULL THEN
            CREATE TRIGGER money_keep_claim AFTER INSERT OR UPDATE OR DELETE ON claim
              FOR EACH ROW EXECUTE FUNCTION money_keep_claim();
          END IF;
        END $do$;
        """
    }
}
