import FHIRStore

/// How what comes back is booked: batch by batch as it was handed over, last first, never more than that.
enum ReturnSQL {
    /// The caller has locked the dispense. One that was stored without the ledger has no batches: what comes back of it
    /// stands under a batch without a number.
    static let script = """
        CREATE FUNCTION stock_take_back(
          p_dispense text, p_quantity numeric, p_dispensed jsonb, p_unit jsonb, p_item text, p_place text,
          p_document text, p_reason text, p_actor text, p_at timestamptz)
        RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
          rest numeric := p_quantity;
          part numeric;
          handed numeric := medicine_number(p_dispensed -> 'value');
          r record;
        BEGIN
          IF NOT medicine_same_unit(p_dispensed, p_unit) THEN
            \(StockSQL.raise(StoreError.businessRuleState, "unit-mismatch", "it was handed over in another unit"))
          END IF;
          IF p_quantity + coalesce((
            SELECT sum(quantity) FROM stock_movement WHERE origin = p_dispense AND kind = 'return'), 0)
            > coalesce(handed, 0) THEN
            \(StockSQL.raise(StoreError.businessRuleState, "quantity-exceeded", "more comes back than was handed over"))
          END IF;
          FOR r IN
            SELECT m.item, m.batch, -sum(m.quantity) - coalesce((
              SELECT sum(b.quantity) FROM stock_movement b
              WHERE b.origin = p_dispense AND b.kind = 'return' AND b.item = m.item AND b.batch = m.batch), 0)
              AS left_over
            FROM stock_movement m WHERE m.document = p_dispense AND m.kind = 'dispense'
            GROUP BY m.item, m.batch ORDER BY max(m.id) DESC
          LOOP
            part := least(rest, r.left_over);
            CONTINUE WHEN part <= 0;
            INSERT INTO stock_movement
              (item, batch, place, pool, quantity, kind, document, origin, reason, actor, happened) VALUES
              (r.item, r.batch, p_place, 'quarantine', part, 'return', p_document, p_dispense, p_reason, p_actor, p_at);
            rest := rest - part;
          END LOOP;
          IF rest > 0 THEN
            PERFORM stock_enter(p_item, '', NULL, p_unit, p_place, 'quarantine', rest, 'return', p_document, p_dispense,
              p_reason, p_actor, p_at);
          END IF;
        END $$;
        """
}
