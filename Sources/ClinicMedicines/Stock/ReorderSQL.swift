/// Levels below which stock is ordered again, with the one suggestion that is open; and batches that were told to
/// expire.
enum ReorderSQL {
    static let script = """
        CREATE TABLE stock_rule (
          item text COLLATE "C" NOT NULL,
          place text COLLATE "C" NOT NULL,
          minimum numeric NOT NULL CHECK (minimum >= 0),
          target numeric NOT NULL,
          unit jsonb NOT NULL,
          -- Reference or CodeableConcept.
          content jsonb NOT NULL,
          -- SupplyRequest that is open, or was last.
          suggestion text COLLATE "C",
          actor text NOT NULL DEFAULT '',
          updated timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (place, item),
          CHECK (target > minimum));
        CREATE TABLE stock_expiring (
          item text COLLATE "C" NOT NULL,
          batch text COLLATE "C" NOT NULL,
          place text COLLATE "C" NOT NULL,
          told timestamptz NOT NULL,
          PRIMARY KEY (item, batch, place));
        CREATE INDEX stock_batch_expires ON stock_batch (expires) WHERE expires IS NOT NULL;

        """
}
