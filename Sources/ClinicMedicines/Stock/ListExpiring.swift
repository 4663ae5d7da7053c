import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRStore
import JSONTape
import PostgreSQL

/// `/fhir/$stock-expiring`: batches in stock whose last day of use is near or has passed, the first to expire first.
struct ListExpiring: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "stock-expiring", level: .system, affectsState: false,
            documentation: "Lists batches in stock that expire within some days, or have expired.",
            roles: [.superadmin, .pharmacy, .laboratory, .facilityHead, .medicalAdmin, .nurse],
            parameters: [
                .init(.input, "location", 0, nil, "Reference", "Locations; all if none is given."),
                .init(.input, "days", 0, 1, "integer", "Within how many days; else what the settings say."),
                .init(
                    .output, "batches", 0, nil, nil, "One batch at a place.",
                    parts: [
                        .init(.output, "item", 1, 1, nil, "The item."),
                        .init(.output, "location", 1, 1, "Reference", "The place."),
                        .init(.output, "batch", 0, 1, "string", "Number of the batch."),
                        .init(.output, "expiry", 1, 1, "date", "Last day of use."),
                        .init(.output, "quantity", 1, 1, "Quantity", "What there is."),
                        .init(.output, "status", 1, 1, "code", "stock or expired."),
                    ]),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let places = try work.parameters.references("location", "Location")
        let days: Int
        if let given = work.parameters.integer("days") {
            guard (0...36_500).contains(given) else {
                throw OperationParameters.invalid("days is zero or more", at: work.parameters.place(of: "days"))
            }
            days = given
        } else {
            days = try await MedicineSettings.expiringDays.integer(in: work.transaction)
        }
        var parameters = SQLParameters()
        parameters.append(textArray: places.map(\.text))
        parameters.append(int64: Int64(days))
        parameters.append(text: try await MedicineSettings.zone.text(in: work.transaction))
        parameters.append(timestamp: work.now.microsecondsSince1970)
        let rows = try await work.transaction.session.query(
            try work.store.statement(Self.find(work.store)), parameters)
        return ClinicAnswer(StockReport(rows, [], []).batchesAlone)
    }

    /// Columns as `StockReport` reads them.
    private static func find(_ store: FHIRStore) -> String {
        """
        SELECT b.item, b.place,
          CASE WHEN s.expires < t.today THEN 'expired' ELSE 'stock' END, b.batch, s.expires::text, b.quantity::text,
          i.unit::text, '0', '0', '0'
        FROM \(store.visible("stock_balance", by: "place", of: "Location", "SupplyDelivery")) b
        JOIN stock_batch s ON s.item = b.item AND s.batch = b.batch JOIN stock_item i ON i.item = b.item
        CROSS JOIN (SELECT ($4::timestamptz AT TIME ZONE medicine_zone($3::text))::date AS today) t
        WHERE b.pool = 'stock' AND b.quantity > 0 AND s.expires <= t.today + $2::int8::int
          AND (cardinality($1::text[]) = 0 OR b.place = ANY ($1::text[]))
        ORDER BY s.expires, b.item, b.place, b.batch LIMIT 10000
        """
    }
}

/// Tells once of each batch at a place that it is about to expire.
struct TellExpiring: ClinicJob {
    let name = "stock-expiring"
    let interval = Duration.seconds(3600)

    func run(_ store: FHIRStore) async throws -> Int {
        try await store.transaction { transaction in
            var parameters = SQLParameters()
            parameters.append(int64: Int64(try await MedicineSettings.expiringDays.integer(in: transaction)))
            parameters.append(text: try await MedicineSettings.zone.text(in: transaction))
            parameters.append(timestamp: store.clock().microsecondsSince1970)
            return try await transaction.session.query(Self.tell, parameters).rowCount
        }
    }

    private static let tell = SQLStatement(
        """
        WITH n AS (
          INSERT INTO stock_expiring (item, batch, place, told)
          SELECT b.item, b.batch, b.place, $3::timestamptz
          FROM stock_balance b JOIN stock_batch s ON s.item = b.item AND s.batch = b.batch
          WHERE b.pool = 'stock' AND b.quantity > 0
            AND s.expires <= ($3::timestamptz AT TIME ZONE medicine_zone($2::text))::date + $1::int8::int
            AND NOT EXISTS (
              SELECT FROM stock_expiring e WHERE e.item = b.item AND e.batch = b.batch AND e.place = b.place)
          ORDER BY b.item, b.batch, b.place LIMIT 500
          ON CONFLICT DO NOTHING RETURNING place)
        INSERT INTO clinic_event (name, focus, happened) SELECT 'stock.expiring', place, $3::timestamptz FROM n
        RETURNING 1
        """)
}
