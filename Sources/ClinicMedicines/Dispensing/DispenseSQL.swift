import FHIRStore

/// What `$dispense` asks of a prescription that it has locked, beyond what the guard of every dispense asks.
enum DispenseSQL {
    /// The interval lies between fills: what was handed over in part may be completed before.
    static var script: String {
        """
        CREATE FUNCTION medicine_require_dispense(
          p_prescription text, p_dispense text, p_quantity jsonb, p_at timestamptz, p_interval interval)
        RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
          request jsonb;
          per_fill numeric;
          amount numeric := medicine_number(p_quantity -> 'value');
          used numeric;
          last_handed timestamptz;
        BEGIN
          SELECT content INTO request FROM medicationrequest WHERE id = p_prescription;
          IF p_at < medicine_time(request #>> '{dispenseRequest,validityPeriod,start}', false) THEN
            \(refuse("prescription-expired", "the prescription is not valid yet"))
          END IF;
          PERFORM medicine_require_fill(p_prescription, request, p_dispense, p_quantity, p_at);
          per_fill := medicine_number(request #> '{dispenseRequest,quantity,value}');
          IF per_fill > 0 AND NOT medicine_same_unit(p_quantity, request #> '{dispenseRequest,quantity}') THEN
            \(refuse("unit-mismatch", "the prescription is counted in another unit"))
          END IF;
          IF p_interval IS NULL THEN
            RETURN;
          END IF;
          SELECT max(handed), sum(coalesce(quantity, per_fill)) INTO last_handed, used
          FROM medication_fill WHERE prescription = p_prescription;
          IF p_at < last_handed + p_interval
            AND (per_fill IS NULL OR per_fill <= 0 OR ceil((used + amount) / per_fill) > ceil(used / per_fill)) THEN
            \(refuse("too-early", "the interval between two fills has not passed"))
          END IF;
        END $$;
        """
    }

    private static func refuse(_ code: String, _ text: String) -> String {
        StockSQL.raise(StoreError.businessRuleState, code, text)
    }
}
