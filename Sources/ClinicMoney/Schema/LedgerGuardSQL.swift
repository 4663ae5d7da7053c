import FHIRStore

/// Invoices and payments say what the ledger says, whatever door a write comes through.
enum LedgerGuardSQL {
    static var script: String { invoice + payment + triggers }

    /// An issued invoice keeps its amounts and its number; it is balanced exactly when it is paid in full, and
    /// cancelled only while nothing is paid.
    private static var invoice: String {
        """
        CREATE FUNCTION money_guard_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          ledger money_invoice;
          total bigint;
          old_status text := OLD.content ->> 'status';
          new_status text;
        BEGIN
          IF old_status IS NULL OR old_status NOT IN ('issued', 'balanced', 'cancelled') THEN
            RETURN coalesce(NEW, OLD);
          END IF;
          SELECT * INTO ledger FROM money_invoice WHERE invoice = OLD.id;
          IF TG_OP = 'DELETE' THEN
            IF ledger.invoice IS NOT NULL THEN
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
                MESSAGE = 'not-allowed|an issued invoice stays in the books';
            END IF;
            RETURN OLD;
          END IF;
          new_status := NEW.content ->> 'status';
          IF (OLD.content -> 'lineItem', OLD.content -> 'totalPriceComponent', OLD.content -> 'totalNet',
              OLD.content -> 'totalGross')
            IS DISTINCT FROM (NEW.content -> 'lineItem', NEW.content -> 'totalPriceComponent',
              NEW.content -> 'totalNet', NEW.content -> 'totalGross') THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'not-allowed|the amounts of an issued invoice do not change';
          END IF;
          IF ledger.number IS NOT NULL AND NOT coalesce(NEW.content -> 'identifier' @> jsonb_build_array(
            jsonb_build_object('system', '\(InvoiceNumber.system)', 'value', ledger.number)), false) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'not-allowed|the number of an issued invoice does not change';
          END IF;
          IF new_status IS NOT DISTINCT FROM old_status THEN
            RETURN NEW;
          END IF;
          total := coalesce(ledger.total, money_minor(NEW.content -> 'totalGross'));
          -- Without a total there is nothing to compare.
          IF new_status = 'balanced' AND total <> coalesce(ledger.paid, 0) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'illegal-transition|an invoice is balanced when payments less refunds equal its total';
          ELSIF new_status = 'issued' AND total = ledger.paid THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'illegal-transition|an invoice that is paid in full stays balanced';
          ELSIF new_status IN ('cancelled', 'entered-in-error') AND ledger.paid > 0 THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'paid|an invoice is cancelled only while nothing is paid';
          END IF;
          IF new_status IN ('cancelled', 'entered-in-error') THEN
            UPDATE money_invoice SET cancelled = coalesce(cancelled, now()) WHERE invoice = OLD.id;
          END IF;
          RETURN NEW;
        END $$;

        """
    }

    private static var payment: String {
        """
        CREATE FUNCTION money_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          ledger money_payment;
          amount jsonb;
        BEGIN
          SELECT * INTO ledger FROM money_payment WHERE notice = OLD.id;
          IF NOT FOUND THEN
            RETURN coalesce(NEW, OLD);
          END IF;
          IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'not-allowed|a payment stays in the books';
          END IF;
          amount := NEW.content -> 'amount';
          IF money_minor(amount) IS DISTINCT FROM ledger.amount
            OR amount -> 'value' IS DISTINCT FROM OLD.content -> 'amount' -> 'value'
            OR amount ->> 'currency' IS DISTINCT FROM ledger.currency THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'not-allowed|the amount of a payment in the books does not change';
          END IF;
          IF clinic_state(NEW.content -> 'paymentStatus') IS DISTINCT FROM
              (CASE ledger.state WHEN 'cancelled' THEN 'rejected' ELSE ledger.state END)
            OR NEW.content ->> 'status' IS DISTINCT FROM
              (CASE ledger.state WHEN 'cancelled' THEN 'cancelled' ELSE 'active' END) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'illegal-transition|the state of a payment in the books changes by its operations';
          END IF;
          RETURN NEW;
        END $$;

        """
    }

    private static var triggers: String {
        """
        DO $do$
        BEGIN
          IF to_regclass('invoice') IS NOT NULL THEN
            CREATE TRIGGER money_guard_invoice BEFORE UPDATE OR DELETE ON invoice
              FOR EACH ROW EXECUTE FUNCTION money_guard_invoice();
          END IF;
          IF to_regclass('paymentnotice') IS NOT NULL THEN
            CREATE TRIGGER money_guard_payment BEFORE UPDATE OR DELETE ON paymentnotice
              FOR EACH ROW EXECUTE FUNCTION money_guard_payment();
          END IF;
        END $do$;
        """
    }
}
