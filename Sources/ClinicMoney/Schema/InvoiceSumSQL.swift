import FHIRStore

/// The arithmetic of invoices in the database, for every way to write one: the rules of `LineSum`.
///
/// Content that is no money (a number as text, a missing amount) counts as nothing and never fails.
enum InvoiceSumSQL {
    static var script: String { numbers + sums + check }

    private static var numbers: String {
        let cases = Currency.exponents.sorted { $0.key < $1.key }.map { exponent, codes in
            "WHEN currency IN (\(codes.map { "'\($0)'" }.joined(separator: ", "))) THEN \(exponent)"
        }
        return """
            -- Decimals of a currency's smaller unit (ISO 4217).
            CREATE FUNCTION money_decimals(currency text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
              SELECT CASE \(cases.joined(separator: "\n    ")) ELSE \(Currency.usualExponent) END
            $$;
            -- A number that can be calculated with; null for anything else.
            CREATE FUNCTION money_number(value jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
              SELECT CASE WHEN jsonb_typeof(value) = 'number' THEN
                CASE WHEN abs((value #>> '{}')::numeric) < 1e18 AND scale((value #>> '{}')::numeric) <= 100
                  THEN (value #>> '{}')::numeric END END
            $$;
            CREATE FUNCTION money_items(value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
              SELECT CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]'::jsonb END
            $$;
            -- Smaller units of a Money; null for what is none.
            CREATE FUNCTION money_minor(money jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
              SELECT CASE WHEN abs(n) < 1e14 THEN (round(n, d) * 10::numeric ^ d)::bigint END
              FROM (SELECT money_number(money -> 'value') AS n, money_decimals(money ->> 'currency') AS d) v
            $$;

            """
    }

    /// Sums of each line, as `tax`.
    private static let lines = """
          WITH component AS (
            SELECT l.line, c.value ->> 'type' AS type, money_number(c.value -> 'factor') AS factor,
              money_number(c.value -> 'amount' -> 'value') AS amount
            FROM jsonb_array_elements(money_items(content -> 'lineItem')) WITH ORDINALITY l (value, line)
            CROSS JOIN jsonb_array_elements(money_items(l.value -> 'priceComponent')) c (value)),
          base AS (
            SELECT line, coalesce(sum(amount * coalesce(factor, 1)) FILTER (WHERE type = 'base'), 0) AS base,
              count(*) AS prices
            FROM component GROUP BY line),
          net AS (
            SELECT line, max(b.prices) AS prices, round(max(b.base) + coalesce(sum(
              CASE WHEN type = 'surcharge' THEN 1 WHEN type IN ('discount', 'deduction') THEN -1 ELSE 0 END
              * coalesce(amount, b.base * factor, 0)), 0), decimals) AS net
            FROM component JOIN base b USING (line) GROUP BY line),
          tax AS (
            SELECT line, max(n.net) AS net, max(n.prices) AS prices,
              round(coalesce(sum(coalesce(amount, n.net * factor)) FILTER (WHERE type = 'tax'), 0), decimals) AS tax
            FROM component JOIN net n USING (line) GROUP BY line)
        """

    /// Per line, then summed up.
    private static var sums: String {
        """
        CREATE FUNCTION money_invoice_sum(
          content jsonb, decimals int, OUT net numeric, OUT tax numeric, OUT prices bigint)
        LANGUAGE sql IMMUTABLE AS $$
        \(lines)
          SELECT coalesce(sum(net), 0), coalesce(sum(tax), 0), coalesce(sum(prices), 0)::bigint FROM tax
        $$;

        """
    }

    private static var check: String {
        """
        CREATE FUNCTION money_check_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          currencies text[];
          sums record;
          net numeric := money_number(NEW.content -> 'totalNet' -> 'value');
          gross numeric := money_number(NEW.content -> 'totalGross' -> 'value');
        BEGIN
          IF TG_OP = 'UPDATE' AND (OLD.content -> 'lineItem', OLD.content -> 'totalNet', OLD.content -> 'totalGross')
            IS NOT DISTINCT FROM
              (NEW.content -> 'lineItem', NEW.content -> 'totalNet', NEW.content -> 'totalGross') THEN
            RETURN NEW;
          END IF;
          SELECT array_agg(DISTINCT c #>> '{}') INTO currencies FROM (
            SELECT jsonb_path_query(
              NEW.content, '$.lineItem.priceComponent ? (!(@.type == "informational")).amount.currency') AS c
            UNION ALL SELECT NEW.content -> 'totalNet' -> 'currency'
            UNION ALL SELECT NEW.content -> 'totalGross' -> 'currency') v
          WHERE jsonb_typeof(c) = 'string';
          IF cardinality(currencies) > 1 THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'mixed-currency|an invoice is in one currency';
          END IF;
          IF jsonb_typeof(NEW.content -> 'lineItem') IS DISTINCT FROM 'array' THEN
            RETURN NEW;
          END IF;
          SELECT * INTO sums FROM money_invoice_sum(NEW.content, money_decimals(currencies[1]));
          -- Lines without any price say nothing of what they come to.
          IF sums.prices > 0 AND (net <> sums.net OR gross <> sums.net + sums.tax) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)', MESSAGE =
              'invoice-sum|Invoice.totalNet is the sum of the lines, Invoice.totalGross that and the tax';
          END IF;
          RETURN NEW;
        END $$;
        DO $do$
        BEGIN
          IF to_regclass('invoice') IS NOT NULL THEN
            CREATE TRIGGER money_check_invoice BEFORE INSERT OR UPDATE ON invoice
              FOR EACH ROW EXECUTE FUNCTION money_check_invoice();
          END IF;
        END $do$;
        """
    }

    /// The same functions in PL/pgSQL: bodies in SQL that read from something are planned at each call.
    static let plannedOnce = """
        CREATE OR REPLACE FUNCTION money_minor(money jsonb) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
        DECLARE
          n numeric := money_number(money -> 'value');
          d int;
        BEGIN
          IF abs(n) < 1e14 THEN
            d := money_decimals(money ->> 'currency');
            RETURN (round(n, d) * 10::numeric ^ d)::bigint;
          END IF;
          RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION money_invoice_sum(
          content jsonb, decimals int, OUT net numeric, OUT tax numeric, OUT prices bigint)
        LANGUAGE plpgsql IMMUTABLE AS $$
        #variable_conflict use_column
        BEGIN
        \(lines)
          SELECT coalesce(sum(t.net), 0), coalesce(sum(t.tax), 0), coalesce(sum(t.prices), 0)::bigint
          INTO net, tax, prices FROM tax t;
        END $$;
        """
}
