import FHIRStore

/// Which ChargeItemDefinition is in force for a code, a payer and a time: one row per code that an active definition
/// is for. Of several the one that began last holds, so that two may not begin at the same time.
enum PriceSQL {
    static var script: String {
        """
        -- The beginning of what a FHIR date or dateTime stands for, or its end; null for what is none.
        CREATE FUNCTION money_time(text text, is_end boolean) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
          IF text ~ '^\\d{4}$' THEN
            RETURN (text || '-01-01T00:00:00Z')::timestamptz + CASE WHEN is_end THEN interval '1 year' ELSE '0' END;
          ELSIF text ~ '^\\d{4}-\\d{2}$' THEN
            RETURN (text || '-01T00:00:00Z')::timestamptz + CASE WHEN is_end THEN interval '1 month' ELSE '0' END;
          ELSIF text ~ '^\\d{4}-\\d{2}-\\d{2}$' THEN
            RETURN (text || 'T00:00:00Z')::timestamptz + CASE WHEN is_end THEN interval '1 day' ELSE '0' END;
          ELSIF text ~ '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}' THEN
            RETURN text::timestamptz;
          END IF;
          RETURN NULL;
        EXCEPTION WHEN data_exception THEN
          RETURN NULL;
        END $$;

        CREATE TABLE money_price (
          definition text COLLATE "C" NOT NULL,
          system text COLLATE "C" NOT NULL,
          code text COLLATE "C" NOT NULL,
          payer text COLLATE "C" NOT NULL,
          starts timestamptz NOT NULL,
          ends timestamptz NOT NULL,
          PRIMARY KEY (code, system, payer, starts));
        CREATE INDEX money_price_definition ON money_price (definition);
        CREATE TABLE money_definition (
          url text COLLATE "C" NOT NULL, definition text COLLATE "C" PRIMARY KEY);
        CREATE INDEX money_definition_url ON money_definition (url);

        -- The codes, payers and times that an active definition gives prices for.
        CREATE FUNCTION money_definition_prices(content jsonb)
        RETURNS TABLE (system text, code text, payer text, starts timestamptz, ends timestamptz)
        LANGUAGE sql IMMUTABLE AS $$
          WITH codes AS (
            SELECT DISTINCT coalesce(c ->> 'system', '') AS system, c ->> 'code' AS code
            FROM jsonb_array_elements(money_items(content -> 'code' -> 'coding')) c WHERE c ->> 'code' IS NOT NULL),
          payers AS (
            SELECT DISTINCT coalesce(
              u -> 'valueReference' ->> 'reference', u #>> '{valueCodeableConcept,coding,0,code}', '') AS payer
            FROM jsonb_array_elements(money_items(content -> 'useContext')) u
            WHERE u -> 'code' ->> 'code' IN ('payer', 'program'))
          SELECT system, code, payer,
            coalesce(money_time(content -> 'effectivePeriod' ->> 'start', false), '-infinity'),
            coalesce(money_time(content -> 'effectivePeriod' ->> 'end', true), 'infinity')
          FROM codes CROSS JOIN (
            SELECT payer FROM payers UNION ALL SELECT '' WHERE NOT EXISTS (SELECT FROM payers)) v
          WHERE content ->> 'status' = 'active'
        $$;
        CREATE FUNCTION money_keep_prices() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM money_price WHERE definition = OLD.id;
            DELETE FROM money_definition WHERE definition = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' THEN
            RETURN NULL;
          END IF;
          INSERT INTO money_definition (url, definition)
            SELECT NEW.content ->> 'url', NEW.id
            WHERE NEW.content ->> 'url' IS NOT NULL AND NEW.content ->> 'status' = 'active';
          INSERT INTO money_price (definition, system, code, payer, starts, ends)
            SELECT NEW.id, p.* FROM money_definition_prices(NEW.content) p ORDER BY code, system, payer
            ON CONFLICT DO NOTHING;
          IF EXISTS (
            SELECT FROM money_definition_prices(NEW.content) p JOIN money_price k USING (code, system, payer, starts)
            WHERE k.definition <> NEW.id) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)', MESSAGE =
              'duplicate|another active ChargeItemDefinition for this code and payer begins at the same time';
          END IF;
          RETURN NULL;
        END $$;
        DO $do$
        BEGIN
          IF to_regclass('chargeitemdefinition') IS NOT NULL THEN
            INSERT INTO money_definition (url, definition)
              SELECT content ->> 'url', id FROM chargeitemdefinition
              WHERE content ->> 'url' IS NOT NULL AND content ->> 'status' = 'active';
            INSERT INTO money_price (definition, system, code, payer, starts, ends)
              SELECT d.id, p.* FROM chargeitemdefinition d CROSS JOIN LATERAL money_definition_prices(d.content) p
              ORDER BY d.id ON CONFLICT DO NOTHING;
            CREATE TRIGGER money_keep_prices AFTER INSERT OR UPDATE OR DELETE ON chargeitemdefinition
              FOR EACH ROW EXECUTE FUNCTION money_keep_prices();
          END IF;
        END $do$;
        """
    }
}
