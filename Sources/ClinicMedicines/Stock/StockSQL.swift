import FHIRStore

/// The tables of stock: an append-only ledger of movements, and balances that follow from it.
///
///     stock_movement  item, batch, place, pool, ± quantity   written once, never changed
///     stock_balance   item, batch, place, pool → quantity    kept by a trigger of the ledger, never below zero
///
/// A place is `Location/id`, or `SupplyDelivery/id` for what is on its way. What may be handed out is in the pool
/// `stock`; what came back from patients is in `quarantine`.
enum StockSQL {
    static var script: String { helpers + tables + ledger + entry + take }

    /// Times and units as texts of resources have them; odd ones are null or comparable, never an error.
    private static var helpers: String {
        """
        CREATE FUNCTION medicine_time(value text, ends boolean) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
        BEGIN
          RETURN CASE
            WHEN value ~ '^\\d{4}$' THEN
              (value || '-01-01T00:00:00Z')::timestamptz + CASE WHEN ends THEN interval '1 year' ELSE interval '0' END
            WHEN value ~ '^\\d{4}-\\d{2}$' THEN
              ((value || '-01')::timestamp + CASE WHEN ends THEN interval '1 month' ELSE interval '0' END)
                AT TIME ZONE 'UTC'
            WHEN value ~ '^\\d{4}-\\d{2}-\\d{2}$' THEN
              (value::timestamp + CASE WHEN ends THEN interval '1 day' ELSE interval '0' END) AT TIME ZONE 'UTC'
            WHEN value ~ '^\\d{4}-\\d{2}-\\d{2}T' THEN value::timestamptz
          END;
        EXCEPTION WHEN others THEN
          RETURN NULL;
        END $$;

        -- The last day that a date with or without day and month stands for.
        CREATE FUNCTION medicine_last_day(value text) RETURNS date LANGUAGE sql STABLE AS $$
          SELECT ((medicine_time(left(value, 10), true) AT TIME ZONE 'UTC') - interval '1 day')::date
        $$;

        CREATE FUNCTION medicine_zone(zone text) RETURNS text LANGUAGE plpgsql STABLE AS $$
        BEGIN
          PERFORM now() AT TIME ZONE zone;
          RETURN coalesce(zone, 'UTC');
        EXCEPTION WHEN others THEN
          RETURN 'UTC';
        END $$;

        -- Whether two quantities can be compared, so far as they say: by code, else by the unit's name.
        CREATE FUNCTION medicine_same_unit(one jsonb, other jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
          SELECT CASE
            WHEN one ->> 'code' IS NOT NULL AND other ->> 'code' IS NOT NULL
              THEN lower(one ->> 'code') = lower(other ->> 'code')
            WHEN one ->> 'unit' IS NOT NULL AND other ->> 'unit' IS NOT NULL
              THEN rtrim(lower(one ->> 'unit'), 's') = rtrim(lower(other ->> 'unit'), 's')
            ELSE true END
        $$;

        CREATE FUNCTION medicine_number(value jsonb) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
          SELECT CASE jsonb_typeof(value) WHEN 'number' THEN (value #>> '{}')::numeric END
        $$;

        """
    }

    private static var tables: String {
        """
        CREATE TABLE stock_item (
          item text COLLATE "C" PRIMARY KEY,
          unit jsonb NOT NULL);

        CREATE TABLE stock_batch (
          item text COLLATE "C" NOT NULL,
          batch text COLLATE "C" NOT NULL,
          -- The last day on which it may be handed out.
          expires date,
          PRIMARY KEY (item, batch));

        CREATE TABLE stock_balance (
          item text COLLATE "C" NOT NULL,
          batch text COLLATE "C" NOT NULL,
          place text COLLATE "C" NOT NULL,
          pool text COLLATE "C" NOT NULL,
          quantity numeric NOT NULL CHECK (quantity >= 0),
          PRIMARY KEY (item, place, pool, batch));
        CREATE INDEX stock_balance_place ON stock_balance (place);

        CREATE TABLE stock_movement (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          item text COLLATE "C" NOT NULL,
          batch text COLLATE "C" NOT NULL,
          place text COLLATE "C" NOT NULL,
          pool text COLLATE "C" NOT NULL CHECK (pool IN ('stock', 'quarantine', 'transit')),
          quantity numeric NOT NULL CHECK (quantity <> 0),
          kind text COLLATE "C" NOT NULL CHECK (
            kind IN ('receive', 'adjust', 'dispense', 'return', 'dispatch', 'accept', 'reject')),
          -- The resource that the movement is about, and the one that it comes from.
          document text COLLATE "C",
          origin text COLLATE "C",
          reason text,
          actor text NOT NULL DEFAULT '',
          happened timestamptz NOT NULL);
        CREATE INDEX stock_movement_item ON stock_movement (item, place, happened);
        CREATE INDEX stock_movement_document ON stock_movement (document);
        CREATE INDEX stock_movement_origin ON stock_movement (origin);

        """
    }

    /// Balances follow from the ledger, and from nothing else.
    private static var ledger: String {
        """
        CREATE FUNCTION stock_keep_balance() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.quantity > 0 THEN
            INSERT INTO stock_balance AS b (item, batch, place, pool, quantity)
              VALUES (NEW.item, NEW.batch, NEW.place, NEW.pool, NEW.quantity)
              ON CONFLICT (item, place, pool, batch) DO UPDATE SET quantity = b.quantity + excluded.quantity;
            RETURN NULL;
          END IF;
          UPDATE stock_balance SET quantity = quantity + NEW.quantity
            WHERE item = NEW.item AND batch = NEW.batch AND place = NEW.place AND pool = NEW.pool
              AND quantity >= -NEW.quantity;
          IF NOT FOUND THEN
            \(raise(StoreError.conflictState, "out-of-stock", "there is not so much of it at this place"))
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER stock_balance AFTER INSERT ON stock_movement
          FOR EACH ROW EXECUTE FUNCTION stock_keep_balance();

        CREATE FUNCTION stock_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'the ledger of stock is only added to';
        END $$;
        CREATE TRIGGER stock_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movement
          FOR EACH STATEMENT EXECUTE FUNCTION stock_refuse_change();

        """
    }

    /// Brings a quantity to a place; what is not known of the batch is learnt, what is known must agree.
    private static var entry: String {
        """
        CREATE FUNCTION stock_enter(
          p_item text, p_batch text, p_expires date, p_unit jsonb, p_place text, p_pool text, p_quantity numeric,
          p_kind text, p_document text, p_origin text, p_reason text, p_actor text, p_at timestamptz)
        RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
          known_unit jsonb;
          known_day date;
        BEGIN
          -- What is known already is not locked: whoever holds a balance may come here too.
          INSERT INTO stock_item (item, unit) VALUES (p_item, p_unit) ON CONFLICT (item) DO NOTHING;
          SELECT i.unit INTO known_unit FROM stock_item i WHERE i.item = p_item;
          IF NOT medicine_same_unit(known_unit, p_unit) THEN
            \(raise(StoreError.businessRuleState, "unit-mismatch", "the item is counted in another unit"))
          END IF;
          IF known_unit <> p_unit || known_unit THEN
            UPDATE stock_item i SET unit = p_unit || i.unit WHERE i.item = p_item;
          END IF;
          INSERT INTO stock_batch (item, batch, expires) VALUES (p_item, p_batch, p_expires)
            ON CONFLICT (item, batch) DO NOTHING;
          SELECT b.expires INTO known_day FROM stock_batch b WHERE b.item = p_item AND b.batch = p_batch;
          IF p_expires IS NOT NULL AND known_day <> p_expires THEN
            \(raise(StoreError.businessRuleState, "batch-mismatch", "the batch is known with another day of expiry"))
          ELSIF p_expires IS NOT NULL AND known_day IS NULL THEN
            UPDATE stock_batch b SET expires = p_expires WHERE b.item = p_item AND b.batch = p_batch;
          END IF;
          INSERT INTO stock_movement
            (item, batch, place, pool, quantity, kind, document, origin, reason, actor, happened)
            VALUES (
              p_item, p_batch, p_place, p_pool, p_quantity, p_kind, p_document, p_origin, p_reason, p_actor, p_at);
        END $$;

        """
    }

    /// Takes a quantity of any of some items from a place: first what expires first, never what has expired unless
    /// `p_today` is null.
    private static var take: String {
        """
        CREATE FUNCTION stock_take(
          p_items text[], p_batch text, p_place text, p_quantity numeric, p_unit jsonb, p_today date, p_kind text,
          p_document text, p_origin text, p_reason text, p_actor text, p_at timestamptz)
        RETURNS TABLE (taken_item text, taken_batch text, taken_expires date, taken_quantity numeric)
        LANGUAGE plpgsql AS $$
        DECLARE
          rest numeric := p_quantity;
          part numeric;
          has_expired boolean := false;
          r record;
        BEGIN
          IF EXISTS (
            SELECT FROM stock_item i WHERE i.item = ANY (p_items) AND NOT medicine_same_unit(i.unit, p_unit)) THEN
            \(raise(StoreError.businessRuleState, "unit-mismatch", "the item is counted in another unit"))
          END IF;
          FOR r IN
            SELECT b.item, b.batch, b.quantity, s.expires
            FROM stock_balance b JOIN stock_batch s ON s.item = b.item AND s.batch = b.batch
            WHERE b.item = ANY (p_items) AND b.place = p_place AND b.pool = 'stock' AND b.quantity > 0
              AND (p_batch IS NULL OR b.batch = p_batch)
            ORDER BY s.expires NULLS LAST, b.item, b.batch
            FOR UPDATE OF b
          LOOP
            IF r.expires < p_today THEN
              has_expired := true;
              CONTINUE;
            END IF;
            part := least(rest, r.quantity);
            INSERT INTO stock_movement
              (item, batch, place, pool, quantity, kind, document, origin, reason, actor, happened)
              VALUES (r.item, r.batch, p_place, 'stock', -part, p_kind, p_document, p_origin, p_reason, p_actor, p_at);
            rest := rest - part;
            taken_item := r.item;
            taken_batch := r.batch;
            taken_expires := r.expires;
            taken_quantity := part;
            RETURN NEXT;
            EXIT WHEN rest = 0;
          END LOOP;
          IF rest > 0 AND has_expired AND rest = p_quantity THEN
            \(raise(StoreError.businessRuleState, "expired-batch", "what is in stock at this place has expired"))
          END IF;
          IF rest > 0 THEN
            \(raise(StoreError.conflictState, "out-of-stock", "there is not so much of it at this place"))
          END IF;
        END $$;
        """
    }

    /// PL/pgSQL that refuses with a code under `urn:martlet:error`.
    static func raise(_ state: String, _ code: String, _ text: String) -> String {
        "RAISE EXCEPTION USING ERRCODE = '\(state)', MESSAGE = '\(code)|\(text)';"
    }
}
