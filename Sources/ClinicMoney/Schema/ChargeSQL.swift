import FHIRStore

/// Each service is billed once and each charge stands on one live invoice, whatever door a write comes through.
enum ChargeSQL {
    /// Services are read from a charge once, by a plan that is kept; who else billed them is asked only where one was
    /// billed before.
    static let readOnce = """
        CREATE OR REPLACE FUNCTION money_charged_services(content jsonb) RETURNS TABLE (service text)
        LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
          RETURN QUERY
            SELECT DISTINCT r FROM (
              SELECT money_reference(s ->> 'reference') AS r
              FROM jsonb_array_elements(money_items(content -> 'service')) s
              UNION ALL
              SELECT money_reference(s ->> 'reference')
              FROM jsonb_array_elements(money_items(content -> 'supportingInformation')) s
              WHERE split_part(money_reference(s ->> 'reference'), '/', 1) IN ('Encounter', 'ServiceRequest')) v
            WHERE r IS NOT NULL;
        END $$;
        CREATE OR REPLACE FUNCTION money_keep_charge() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          charged text;
          others int;
        BEGIN
          IF TG_OP <> 'INSERT' AND OLD.content ->> 'status' = 'billed' THEN
            IF (TG_OP = 'DELETE' OR NEW.content ->> 'status' IS DISTINCT FROM 'billed')
              AND EXISTS (SELECT FROM money_invoice_charge WHERE charge = OLD.id) THEN
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
                MESSAGE = 'not-allowed|the charge stands on an invoice that is neither cancelled nor in error';
            END IF;
            DELETE FROM money_billed_service WHERE charge = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' OR NEW.content ->> 'status' IS DISTINCT FROM 'billed' THEN
            RETURN NULL;
          END IF;
          charged := coalesce(NEW.content #>> '{code,coding,0,system}', '') || '|'
            || coalesce(NEW.content #>> '{code,coding,0,code}', '');
          WITH named AS MATERIALIZED (SELECT s.service FROM money_charged_services(NEW.content) s),
          noted AS (
            INSERT INTO money_billed_service (service, code, charge)
            SELECT n.service, charged, NEW.id FROM named n ORDER BY 1
            ON CONFLICT DO NOTHING RETURNING 1)
          SELECT (SELECT count(*) FROM named) - (SELECT count(*) FROM noted) INTO others;
          IF others > 0 AND EXISTS (
            SELECT FROM money_charged_services(NEW.content) s
            JOIN money_billed_service b ON b.service = s.service AND b.code = charged
            WHERE b.charge <> NEW.id) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'duplicate|another billed ChargeItem is for the same service and code';
          END IF;
          RETURN NULL;
        END $$;
        """

    /// What cannot concern what is billed does not come to the functions: an invoice that is issued or balanced keeps
    /// its charges, and charges that are not billed have nothing to keep.
    static let whenChanged = """
        DO $do$
        BEGIN
          IF to_regclass('chargeitem') IS NOT NULL THEN
            DROP TRIGGER money_keep_charge ON chargeitem;
            CREATE TRIGGER money_keep_charge AFTER INSERT ON chargeitem FOR EACH ROW
              WHEN (NEW.content ->> 'status' = 'billed') EXECUTE FUNCTION money_keep_charge();
            CREATE TRIGGER money_keep_charge_update AFTER UPDATE ON chargeitem FOR EACH ROW
              WHEN (NEW.content ->> 'status' = 'billed' OR OLD.content ->> 'status' = 'billed')
              EXECUTE FUNCTION money_keep_charge();
            CREATE TRIGGER money_keep_charge_delete AFTER DELETE ON chargeitem FOR EACH ROW
              WHEN (OLD.content ->> 'status' = 'billed') EXECUTE FUNCTION money_keep_charge();
          END IF;
          IF to_regclass('invoice') IS NOT NULL THEN
            DROP TRIGGER money_keep_invoice_charges ON invoice;
            CREATE TRIGGER money_keep_invoice_charges AFTER INSERT OR DELETE ON invoice
              FOR EACH ROW EXECUTE FUNCTION money_keep_invoice_charges();
            CREATE TRIGGER money_keep_invoice_charges_update AFTER UPDATE ON invoice FOR EACH ROW
              WHEN (OLD.content -> 'lineItem' IS DISTINCT FROM NEW.content -> 'lineItem'
                OR coalesce(OLD.content ->> 'status' IN ('draft', 'issued', 'balanced'), false)
                  <> coalesce(NEW.content ->> 'status' IN ('draft', 'issued', 'balanced'), false))
              EXECUTE FUNCTION money_keep_invoice_charges();
          END IF;
        END $do$;
        """

    static var script: String { tables + charges + invoices + triggers }

    private static var tables: String {
        """
        -- `Type/id` at the end of a reference, without a version; null for anything else.
        CREATE FUNCTION money_reference(reference text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
          SELECT substring(reference FROM
            '(?:^|/)([A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$')
        $$;
        -- What was billed: one row per rendered service and code.
        CREATE TABLE money_billed_service (
          service text COLLATE "C" NOT NULL,
          code text COLLATE "C" NOT NULL,
          charge text COLLATE "C" NOT NULL,
          PRIMARY KEY (service, code));
        CREATE INDEX money_billed_service_charge ON money_billed_service (charge);
        -- The live invoice that a charge stands on.
        CREATE TABLE money_invoice_charge (
          charge text COLLATE "C" PRIMARY KEY,
          invoice text COLLATE "C" NOT NULL);
        CREATE INDEX money_invoice_charge_invoice ON money_invoice_charge (invoice);

        """
    }

    private static var charges: String {
        """
        -- What a charge is for: services, and of the supporting information the visit and the order, which R4 does not
        -- count among services.
        CREATE FUNCTION money_charged_services(content jsonb) RETURNS TABLE (service text) LANGUAGE sql IMMUTABLE AS $$
          SELECT DISTINCT r FROM (
            SELECT money_reference(s ->> 'reference') AS r
            FROM jsonb_array_elements(money_items(content -> 'service')) s
            UNION ALL
            SELECT money_reference(s ->> 'reference')
            FROM jsonb_array_elements(money_items(content -> 'supportingInformation')) s
            WHERE money_reference(s ->> 'reference') ~ '^(Encounter|ServiceRequest)/') v
          WHERE r IS NOT NULL
        $$;
        CREATE FUNCTION money_keep_charge() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          charged text;
        BEGIN
          IF TG_OP <> 'INSERT' AND OLD.content ->> 'status' = 'billed' THEN
            IF (TG_OP = 'DELETE' OR NEW.content ->> 'status' IS DISTINCT FROM 'billed')
              AND EXISTS (SELECT FROM money_invoice_charge WHERE charge = OLD.id) THEN
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
                MESSAGE = 'not-allowed|the charge stands on an invoice that is neither cancelled nor in error';
            END IF;
            DELETE FROM money_billed_service WHERE charge = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' OR NEW.content ->> 'status' IS DISTINCT FROM 'billed' THEN
            RETURN NULL;
          END IF;
          charged := coalesce(NEW.content #>> '{code,coding,0,system}', '') || '|'
            || coalesce(NEW.content #>> '{code,coding,0,code}', '');
          INSERT INTO money_billed_service (service, code, charge)
            SELECT service, charged, NEW.id FROM money_charged_services(NEW.content) ORDER BY 1
            ON CONFLICT DO NOTHING;
          IF EXISTS (
            SELECT FROM money_charged_services(NEW.content) s
            JOIN money_billed_service b ON b.service = s.service AND b.code = charged
            WHERE b.charge <> NEW.id) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'duplicate|another billed ChargeItem is for the same service and code';
          END IF;
          RETURN NULL;
        END $$;

        """
    }

    private static var invoices: String {
        """
        CREATE FUNCTION money_invoice_charges(content jsonb) RETURNS TABLE (charge text) LANGUAGE sql IMMUTABLE AS $$
          SELECT substr(money_reference(l -> 'chargeItemReference' ->> 'reference'), 12)
          FROM jsonb_array_elements(money_items(content -> 'lineItem')) l
          WHERE content ->> 'status' IN ('draft', 'issued', 'balanced')
            AND money_reference(l -> 'chargeItemReference' ->> 'reference') LIKE 'ChargeItem/%'
        $$;
        CREATE FUNCTION money_keep_invoice_charges() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          wanted bigint;
          kept bigint;
        BEGIN
          IF TG_OP = 'UPDATE' AND OLD.content -> 'lineItem' IS NOT DISTINCT FROM NEW.content -> 'lineItem'
            AND OLD.content -> 'status' IS NOT DISTINCT FROM NEW.content -> 'status' THEN
            RETURN NULL;
          END IF;
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM money_invoice_charge WHERE invoice = OLD.id;
          END IF;
          IF TG_OP = 'DELETE' THEN
            RETURN NULL;
          END IF;
          SELECT count(*) INTO wanted FROM money_invoice_charges(NEW.content);
          IF wanted = 0 THEN
            RETURN NULL;
          END IF;
          WITH done AS (
            INSERT INTO money_invoice_charge (charge, invoice)
            SELECT charge, NEW.id FROM money_invoice_charges(NEW.content) ORDER BY charge
            ON CONFLICT DO NOTHING RETURNING 1)
          SELECT count(*) INTO kept FROM done;
          IF kept < wanted THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'duplicate|a charge stands on one line of one invoice only';
          END IF;
          RETURN NULL;
        END $$;

        """
    }

    private static var triggers: String {
        """
        DO $do$
        BEGIN
          IF to_regclass('chargeitem') IS NOT NULL THEN
            CREATE TRIGGER money_keep_charge AFTER INSERT OR UPDATE OR DELETE ON chargeitem
              FOR EACH ROW EXECUTE FUNCTION money_keep_charge();
          END IF;
          IF to_regclass('invoice') IS NOT NULL THEN
            INSERT INTO money_invoice_charge (charge, invoice)
              SELECT c.charge, i.id FROM invoice i CROSS JOIN LATERAL money_invoice_charges(i.content) c
              ORDER BY i.id ON CONFLICT DO NOTHING;
            CREATE TRIGGER money_keep_invoice_charges AFTER INSERT OR UPDATE OR DELETE ON invoice
              FOR EACH ROW EXECUTE FUNCTION money_keep_invoice_charges();
          END IF;
        END $do$;
        """
    }
}
