import FHIRStore

/// What was handed over on each prescription, and the guard that keeps it within what was prescribed, whatever door a
/// MedicationDispense comes through.
///
///     completed dispense ──▶ medication_fill (prescription, dispense, quantity)
///                            prescription_counter (prescription → fills), locked by each of them
///
/// Σ quantity ≤ quantity × (1 + repeats); where a prescription states no quantity, fills ≤ 1 + repeats. What
/// cannot be compared, because it has no quantity or another unit, counts as a full fill.
enum FillSQL {
    static var script: String { tables + references + check + dispenseTrigger + requestTrigger + attach }

    /// Statuses of a prescription on which nothing is handed over.
    private static let stopped = "('draft', 'on-hold', 'stopped', 'cancelled', 'completed', 'entered-in-error')"

    private static var tables: String {
        """
        CREATE TABLE medication_fill (
          prescription text COLLATE "C" NOT NULL,
          dispense text COLLATE "C" NOT NULL,
          quantity numeric CHECK (quantity >= 0),
          unit jsonb NOT NULL,
          handed timestamptz NOT NULL,
          PRIMARY KEY (prescription, dispense));
        CREATE INDEX medication_fill_dispense ON medication_fill (dispense);

        CREATE TABLE prescription_counter (
          prescription text COLLATE "C" PRIMARY KEY,
          fills integer NOT NULL CHECK (fills >= 0));

        -- When the server learnt that nothing more is to be handed over.
        CREATE TABLE prescription_stop (
          prescription text COLLATE "C" PRIMARY KEY,
          since timestamptz NOT NULL);

        """
    }

    /// Ids of the prescriptions that a dispense names, in ascending order; the base of an absolute reference is
    /// dropped, so that nobody goes round the guard with one.
    private static var references: String {
        """
        -- Never below zero; null where none is stated, which greatest() would turn into zero.
        CREATE FUNCTION medicine_amount(quantity jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
          SELECT CASE WHEN medicine_number(quantity -> 'value') IS NOT NULL
            THEN greatest(medicine_number(quantity -> 'value'), 0) END
        $$;

        CREATE FUNCTION medicine_prescriptions(content jsonb) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
          SELECT DISTINCT r.id FROM (
            SELECT substring(x ->> 'reference' FROM
              '(?:^|/)MedicationRequest/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$') AS id
            FROM jsonb_array_elements(CASE jsonb_typeof(content -> 'authorizingPrescription')
              WHEN 'array' THEN content -> 'authorizingPrescription' ELSE '[]' END) x) r
          WHERE r.id IS NOT NULL ORDER BY 1
        $$;

        """
    }

    /// Refuses what goes beyond the prescription. Called with the counter locked.
    private static var check: String {
        """
        CREATE FUNCTION medicine_require_fill(
          p_prescription text, p_content jsonb, p_dispense text, p_quantity jsonb, p_handed timestamptz)
        RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
          per_unit jsonb := p_content #> '{dispenseRequest,quantity}';
          per_fill numeric := medicine_number(p_content #> '{dispenseRequest,quantity,value}');
          repeats numeric := medicine_number(p_content #> '{dispenseRequest,numberOfRepeatsAllowed}');
          amount numeric := medicine_amount(p_quantity);
          used numeric;
          allowed numeric;
        BEGIN
          IF p_content ->> 'status' IN \(stopped) AND p_handed > coalesce(
            (SELECT since FROM prescription_stop WHERE prescription = p_prescription), '-infinity') THEN
            \(raise("prescription-inactive", "nothing may be handed over on a prescription that is not active"))
          END IF;
          IF p_handed >= medicine_time(p_content #>> '{dispenseRequest,validityPeriod,end}', true) THEN
            \(raise("prescription-expired", "the prescription is no longer valid"))
          END IF;
          IF per_fill > 0 THEN
            allowed := per_fill * (1 + coalesce(repeats, 0));
            IF amount IS NULL OR NOT medicine_same_unit(p_quantity, per_unit) THEN
              amount := per_fill;
            END IF;
            SELECT coalesce(sum(CASE WHEN f.quantity IS NOT NULL AND medicine_same_unit(f.unit, per_unit)
              THEN f.quantity ELSE per_fill END), 0) INTO used
            FROM medication_fill f WHERE f.prescription = p_prescription AND f.dispense <> p_dispense;
          ELSIF repeats IS NOT NULL THEN
            allowed := 1 + repeats;
            amount := 1;
            SELECT count(*) INTO used
            FROM medication_fill f WHERE f.prescription = p_prescription AND f.dispense <> p_dispense;
          ELSE
            RETURN;
          END IF;
          IF used >= allowed AND amount > 0 THEN
            \(raise("refills-exhausted", "all that was prescribed has been handed over"))
          ELSIF used + amount > allowed THEN
            \(raise("quantity-exceeded", "this is more than what is left of the prescription"))
          END IF;
        END $$;

        """
    }

    /// Runs behind every insert, update and delete of a dispense.
    ///
    /// The prescription's row is locked first, as the operations do, so that a stop either waits for the dispense or is
    /// seen by it; then its counter, whose change makes transactions fail that look at an old snapshot.
    private static var dispenseTrigger: String {
        """
        CREATE FUNCTION medicine_unit(quantity jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
          SELECT jsonb_strip_nulls(jsonb_build_object('code', quantity -> 'code', 'unit', quantity -> 'unit'))
        $$;

        CREATE FUNCTION medicine_is_no_more(former jsonb, quantity jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
          SELECT former -> 'unit' = medicine_unit(quantity) AND coalesce(
            medicine_number(quantity -> 'value') <= medicine_number(former -> 'quantity'),
            medicine_number(quantity -> 'value') IS NULL AND medicine_number(former -> 'quantity') IS NULL)
        $$;

        CREATE FUNCTION medicine_record_fill(
          p_prescription text, p_dispense text, p_quantity jsonb, p_handed timestamptz, p_is_checked boolean)
        RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
          request jsonb;
          handed timestamptz;
        BEGIN
          SELECT content INTO request FROM medicationrequest WHERE id = p_prescription FOR NO KEY UPDATE;
          -- Nothing is handed over later than now; not given at all, least() is now.
          handed := least(p_handed, clock_timestamp());
          INSERT INTO prescription_counter AS c (prescription, fills) VALUES (p_prescription, 1)
            ON CONFLICT (prescription) DO UPDATE SET fills = c.fills + 1;
          IF request IS NOT NULL AND p_is_checked THEN
            PERFORM medicine_require_fill(p_prescription, request, p_dispense, p_quantity, handed);
          END IF;
          INSERT INTO medication_fill (prescription, dispense, quantity, unit, handed) VALUES (
            p_prescription, p_dispense, medicine_amount(p_quantity),
            medicine_unit(p_quantity), handed);
        END $$;

        CREATE FUNCTION medicine_keep_fills() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          former timestamptz;
          former_fills jsonb;
          handed timestamptz;
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            PERFORM FROM medicationrequest m WHERE m.id IN (
              SELECT f.prescription FROM medication_fill f WHERE f.dispense = OLD.id)
              ORDER BY m.id FOR NO KEY UPDATE;
            SELECT max(f.handed),
              jsonb_object_agg(f.prescription, jsonb_build_object('quantity', f.quantity, 'unit', f.unit))
              INTO former, former_fills FROM medication_fill f WHERE f.dispense = OLD.id;
            WITH gone AS (DELETE FROM medication_fill f WHERE f.dispense = OLD.id RETURNING f.prescription)
              UPDATE prescription_counter c SET fills = c.fills - 1 FROM gone WHERE c.prescription = gone.prescription;
          END IF;
          IF TG_OP = 'DELETE' OR NEW.content ->> 'status' IS DISTINCT FROM 'completed' THEN
            RETURN NULL;
          END IF;
          -- Of a day alone, its end. Where no time is stated it is that of the record, once the prescription is locked.
          handed := coalesce(medicine_time(NEW.content ->> 'whenHandedOver', true), former);
          -- What was counted before and is no more now, is only corrected.
          PERFORM medicine_record_fill(p, NEW.id, NEW.content -> 'quantity', handed,
              NOT coalesce(medicine_is_no_more(former_fills -> p, NEW.content -> 'quantity'), false))
            FROM medicine_prescriptions(NEW.content) p;
          RETURN NULL;
        END $$;

        """
    }

    private static var requestTrigger: String {
        """
        CREATE FUNCTION medicine_note_stop() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'UPDATE' AND OLD.content ->> 'status' IN \(stopped) THEN
            RETURN NULL;
          END IF;
          INSERT INTO prescription_stop (prescription, since) VALUES (NEW.id, clock_timestamp())
            ON CONFLICT (prescription) DO UPDATE SET since = excluded.since;
          RETURN NULL;
        END $$;

        """
    }

    /// The triggers, and what is stored already: it stands as it is.
    private static var attach: String {
        """
        DO $do$
        BEGIN
          IF to_regclass('medicationdispense') IS NULL OR to_regclass('medicationrequest') IS NULL THEN
            RETURN;
          END IF;
          INSERT INTO prescription_stop (prescription, since)
            SELECT id, updated FROM medicationrequest WHERE content ->> 'status' IN \(stopped);
          PERFORM medicine_record_fill(
            p, d.id, d.content -> 'quantity',
            coalesce(medicine_time(d.content ->> 'whenHandedOver', true), d.updated), false)
            FROM medicationdispense d, medicine_prescriptions(d.content) p WHERE d.content ->> 'status' = 'completed';
          CREATE TRIGGER medicine_fill_new AFTER INSERT ON medicationdispense FOR EACH ROW
            WHEN (NEW.content ->> 'status' = 'completed') EXECUTE FUNCTION medicine_keep_fills();
          CREATE TRIGGER medicine_fill_change AFTER UPDATE ON medicationdispense FOR EACH ROW
            WHEN ((OLD.content ->> 'status' = 'completed' OR NEW.content ->> 'status' = 'completed') AND (
              OLD.content -> 'status' IS DISTINCT FROM NEW.content -> 'status'
              OR OLD.content -> 'quantity' IS DISTINCT FROM NEW.content -> 'quantity'
              OR OLD.content -> 'whenHandedOver' IS DISTINCT FROM NEW.content -> 'whenHandedOver'
              OR OLD.content -> 'authorizingPrescription'
                IS DISTINCT FROM NEW.content -> 'authorizingPrescription'))
            EXECUTE FUNCTION medicine_keep_fills();
          CREATE TRIGGER medicine_fill_delete AFTER DELETE ON medicationdispense FOR EACH ROW
            WHEN (OLD.content ->> 'status' = 'completed') EXECUTE FUNCTION medicine_keep_fills();
          CREATE TRIGGER medicine_stop_new AFTER INSERT ON medicationrequest FOR EACH ROW
            WHEN (NEW.content ->> 'status' IN \(stopped)) EXECUTE FUNCTION medicine_note_stop();
          CREATE TRIGGER medicine_stop_change AFTER UPDATE ON medicationrequest FOR EACH ROW
            WHEN (OLD.content -> 'status' IS DISTINCT FROM NEW.content -> 'status'
              AND NEW.content ->> 'status' IN \(stopped))
            EXECUTE FUNCTION medicine_note_stop();
        END $do$;
        """
    }

    private static func raise(_ code: String, _ text: String) -> String {
        StockSQL.raise(StoreError.businessRuleState, code, text)
    }
}
