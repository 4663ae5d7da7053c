import FHIRStore

/// Providers of payments, and the events that they have told. An event is kept for ever: it counts once for ever.
enum ProviderSQL {
    static let script = """
        CREATE TABLE money_provider (
          name text COLLATE "C" PRIMARY KEY,
          secret text NOT NULL,
          method text NOT NULL,
          -- Seconds.
          tolerance bigint NOT NULL CHECK (tolerance > 0),
          active boolean NOT NULL,
          actor text NOT NULL,
          updated timestamptz NOT NULL DEFAULT now());
        CREATE TABLE money_event (
          provider text COLLATE "C" NOT NULL REFERENCES money_provider,
          event text COLLATE "C" NOT NULL,
          notice text COLLATE "C",
          received timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (provider, event));
        CREATE INDEX money_payment_provider ON money_payment (provider, reference)
          WHERE reference IS NOT NULL AND provider <> '';
        CREATE INDEX money_invoice_number ON money_invoice (number);
        CREATE INDEX money_intent_expires ON money_intent (expires);

        """
}
