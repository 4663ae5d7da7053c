import Clinic
import FHIRStore

/// The triggers that keep numbers apart: placer numbers that the clinic gives out, and labels of specimens.
///
/// Messages may name one number for several orders and one accession for several specimens, because what was given
/// out elsewhere is not ours to judge; they are let pass, and keep what they came with.
enum OrderNumberSQL {
    static var script: String { table + numbers + keep + triggers }

    private static let table = """
        CREATE TABLE order_number (
          kind text COLLATE "C" NOT NULL,
          system text COLLATE "C" NOT NULL,
          value text COLLATE "C" NOT NULL,
          resource text COLLATE "C" NOT NULL,
          PRIMARY KEY (kind, system, value));

        """

    /// The numbers that a resource holds. Odd content holds none.
    private static let numbers = """
        CREATE FUNCTION order_numbers(kind text, content jsonb) RETURNS TABLE (system text, value text)
        LANGUAGE sql IMMUTABLE AS $$
          SELECT DISTINCT i ->> 'system', i ->> 'value'
          FROM jsonb_array_elements(
            CASE jsonb_typeof(content -> 'identifier') WHEN 'array' THEN content -> 'identifier' ELSE '[]' END) i
          WHERE kind = 'placer' AND jsonb_typeof(i) = 'object' AND i ->> 'system' = '\(OrderSystems.placer)'
            AND jsonb_typeof(i -> 'value') = 'string'
          UNION ALL
          SELECT coalesce(content #>> '{accessionIdentifier,system}', ''), content #>> '{accessionIdentifier,value}'
          WHERE kind = 'label' AND jsonb_typeof(content #> '{accessionIdentifier,value}') = 'string'
            AND coalesce(content ->> 'status', '') <> 'entered-in-error'
        $$;

        """

    private static var isMessage: String {
        "current_setting('\(StateMachineMigrations.doorParameter)', true) = '\(StateMachineMigrations.messageDoor)'"
    }

    private static let keep = """
        CREATE FUNCTION order_keep_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM order_number n USING order_numbers(TG_ARGV[0], OLD.content) o
            WHERE n.kind = TG_ARGV[0] AND n.system = o.system AND n.value = o.value AND n.resource = OLD.id
              AND (TG_OP = 'DELETE' OR NOT EXISTS (
                SELECT FROM order_numbers(TG_ARGV[0], NEW.content) s WHERE s.system = o.system AND s.value = o.value));
          END IF;
          IF TG_OP = 'DELETE' THEN
            RETURN NULL;
          END IF;
          -- Waits for whoever is about to take the same number.
          INSERT INTO order_number (kind, system, value, resource)
            SELECT TG_ARGV[0], s.system, s.value, NEW.id FROM order_numbers(TG_ARGV[0], NEW.content) s
            ORDER BY s.system, s.value
            ON CONFLICT DO NOTHING;
          IF \(isMessage) THEN
            RETURN NULL;
          END IF;
          IF EXISTS (
            SELECT FROM order_numbers(TG_ARGV[0], NEW.content) s
            JOIN order_number n ON n.kind = TG_ARGV[0] AND n.system = s.system AND n.value = s.value
            WHERE n.resource <> NEW.id AND (TG_OP = 'INSERT' OR NOT EXISTS (
              SELECT FROM order_numbers(TG_ARGV[0], OLD.content) o
              WHERE o.system = s.system AND o.value = s.value))) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = format('duplicate|another resource has this %s already', TG_ARGV[1]);
          END IF;
          RETURN NULL;
        END $$;

        """

    private static var triggers: String {
        on(
            "servicerequest", "placer", "placer number",
            "@> '{\"identifier\":[{\"system\":\"\(OrderSystems.placer)\"}]}'")
            + on("specimen", "label", "label", "? 'accessionIdentifier'")
    }

    /// Three triggers, so that rows without a number cost a glance.
    private static func on(_ table: String, _ kind: String, _ name: String, _ condition: String) -> String {
        let call = "EXECUTE FUNCTION order_keep_numbers('\(kind)', '\(name)')"
        return """
            DO $do$ BEGIN
              IF to_regclass('\(table)') IS NOT NULL THEN
                INSERT INTO order_number (kind, system, value, resource)
                  SELECT '\(kind)', n.system, n.value, t.id FROM \(table) t, order_numbers('\(kind)', t.content) n
                  WHERE t.content \(condition) ORDER BY t.id
                  ON CONFLICT DO NOTHING;
                CREATE TRIGGER order_number_insert AFTER INSERT ON \(table) FOR EACH ROW
                  WHEN (NEW.content \(condition)) \(call);
                CREATE TRIGGER order_number_update AFTER UPDATE ON \(table) FOR EACH ROW
                  WHEN (NEW.content IS DISTINCT FROM OLD.content
                    AND (NEW.content \(condition) OR OLD.content \(condition))) \(call);
                CREATE TRIGGER order_number_delete AFTER DELETE ON \(table) FOR EACH ROW
                  WHEN (OLD.content \(condition)) \(call);
              END IF;
            END $do$;

            """
    }
}
