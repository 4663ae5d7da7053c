import FHIRStore

/// The money ledger: what invoices come to, what was paid, and which payment settled what. Whole numbers of the
/// currency's smaller unit; rows of `money_entry` are only ever added.
///
///     money_payment ──< money_entry >── money_invoice        paid = Σ entries, 0 ≤ paid ≤ total
///                  allocated + refunded ≤ amount
enum LedgerSQL {
    static var script: String {
        """
        CREATE TABLE money_invoice (
          invoice text COLLATE "C" PRIMARY KEY,
          number text,
          account text COLLATE "C",
          patient text COLLATE "C",
          currency text NOT NULL,
          total bigint NOT NULL CHECK (total >= 0),
          paid bigint NOT NULL DEFAULT 0,
          issued timestamptz NOT NULL,
          cancelled timestamptz,
          CHECK (paid BETWEEN 0 AND total));
        CREATE INDEX money_invoice_account ON money_invoice (account);

        CREATE TABLE money_session (
          session text COLLATE "C" PRIMARY KEY,
          cashier text COLLATE "C" NOT NULL,
          drawer text NOT NULL,
          currency text NOT NULL,
          opening bigint NOT NULL CHECK (opening >= 0),
          counted bigint,
          opened timestamptz NOT NULL,
          closed timestamptz);
        CREATE UNIQUE INDEX money_session_open ON money_session (cashier) WHERE closed IS NULL;

        CREATE TABLE money_payment (
          notice text COLLATE "C" PRIMARY KEY,
          reconciliation text COLLATE "C" NOT NULL,
          account text COLLATE "C",
          patient text COLLATE "C",
          currency text NOT NULL,
          amount bigint NOT NULL CHECK (amount > 0),
          allocated bigint NOT NULL DEFAULT 0 CHECK (allocated >= 0),
          refunded bigint NOT NULL DEFAULT 0 CHECK (refunded >= 0),
          state text NOT NULL,
          method text NOT NULL,
          provider text NOT NULL DEFAULT '',
          reference text,
          receipt bigint UNIQUE,
          recorder text NOT NULL,
          session text REFERENCES money_session,
          recorded timestamptz NOT NULL,
          settled timestamptz,
          CHECK (allocated + refunded <= amount),
          CHECK (allocated + refunded = 0 OR state IN ('paid', 'cleared', 'refunded')),
          CHECK ((settled IS NULL) = (state IN ('pending-verification', 'rejected', 'cancelled'))));
        -- One payment of a provider counts once.
        CREATE UNIQUE INDEX money_payment_reference ON money_payment (lower(method), provider, reference)
          WHERE reference IS NOT NULL AND state NOT IN ('rejected', 'cancelled');
        CREATE INDEX money_payment_account ON money_payment (account);

        CREATE TABLE money_entry (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          notice text COLLATE "C" NOT NULL REFERENCES money_payment,
          invoice text COLLATE "C" NOT NULL REFERENCES money_invoice,
          amount bigint NOT NULL CHECK (amount <> 0),
          actor text NOT NULL,
          entered timestamptz NOT NULL);
        CREATE INDEX money_entry_notice ON money_entry (notice);
        CREATE INDEX money_entry_invoice ON money_entry (invoice);

        CREATE TABLE money_refund (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          notice text COLLATE "C" NOT NULL REFERENCES money_payment,
          amount bigint NOT NULL CHECK (amount > 0),
          session text REFERENCES money_session,
          actor text NOT NULL,
          refunded timestamptz NOT NULL);
        CREATE INDEX money_refund_notice ON money_refund (notice);

        CREATE TABLE money_intent (
          notice text COLLATE "C" PRIMARY KEY REFERENCES money_payment,
          invoice text COLLATE "C" NOT NULL,
          nonce text NOT NULL UNIQUE,
          expires timestamptz NOT NULL);
        -- What proved a payment; nothing proves two.
        CREATE TABLE money_proof (digest text COLLATE "C" PRIMARY KEY, notice text COLLATE "C" NOT NULL);

        """ + append
    }

    /// Entries and refunds stay as they were written.
    private static var append: String {
        """
        CREATE FUNCTION money_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION USING ERRCODE = '\(StoreError.conflictState)',
            MESSAGE = 'not-allowed|rows of the money ledger do not change';
        END $$;
        CREATE TRIGGER money_only_added BEFORE UPDATE OR DELETE ON money_entry
          FOR EACH ROW EXECUTE FUNCTION money_only_added();
        CREATE TRIGGER money_only_added BEFORE UPDATE OR DELETE ON money_refund
          FOR EACH ROW EXECUTE FUNCTION money_only_added();
        """
    }
}
