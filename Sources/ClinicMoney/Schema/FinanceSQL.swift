import FHIRStore

/// Months that are closed: the books of such a month take nothing more, and its report does not change.
enum FinanceSQL {
    static var script: String {
        """
        CREATE TABLE money_month (
          month text COLLATE "C" PRIMARY KEY,
          since timestamptz NOT NULL,
          until timestamptz NOT NULL,
          report text COLLATE "C" NOT NULL UNIQUE,
          actor text NOT NULL,
          closed timestamptz NOT NULL);

        CREATE FUNCTION money_require_open(at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM money_month WHERE at >= since AND at < until) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'month-closed|the books of this month are closed';
          END IF;
        END $$;
        CREATE FUNCTION money_guard_month() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          PERFORM money_require_open((to_jsonb(NEW) ->> TG_ARGV[0])::timestamptz);
          RETURN NEW;
        END $$;
        \(trigger("money_invoice", "issued", "INSERT", when: nil))
        \(trigger("money_invoice", "cancelled", "UPDATE", when: "cancelled"))
        \(trigger("money_payment", "settled", "INSERT", when: nil))
        \(trigger("money_payment", "settled", "UPDATE", when: "settled"))
        \(trigger("money_entry", "entered", "INSERT", when: nil))
        \(trigger("money_refund", "refunded", "INSERT", when: nil))

        CREATE FUNCTION money_guard_report() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF EXISTS (SELECT FROM money_month WHERE report = OLD.id) THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
              MESSAGE = 'month-closed|the report of a closed month does not change';
          END IF;
          RETURN coalesce(NEW, OLD);
        END $$;
        DO $do$
        BEGIN
          IF to_regclass('measurereport') IS NOT NULL THEN
            CREATE TRIGGER money_guard_report BEFORE UPDATE OR DELETE ON measurereport FOR EACH ROW
              WHEN (OLD.content @> '{"measure":"\(FinanceFigures.measure)"}')
              EXECUTE FUNCTION money_guard_report();
          END IF;
        END $do$;
        """
    }

    /// - Parameter column: of an update, the column that it is about.
    private static func trigger(_ table: String, _ time: String, _ event: String, when column: String?) -> String {
        let condition = column.map { "WHEN (OLD.\($0) IS DISTINCT FROM NEW.\($0))" } ?? ""
        let of = column.map { " OF \($0)" } ?? ""
        return """
            CREATE TRIGGER money_month_\(event.lowercased())_\(time) BEFORE \(event)\(of) ON \(table)
              FOR EACH ROW \(condition) EXECUTE FUNCTION money_guard_month('\(time)');
            """
    }
}
