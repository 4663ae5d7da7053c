package import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `/fhir/$stock-on-hand`: what there is of items at places, in sum and by batch, now or at a time in the past.
package struct StockOnHand: ClinicOperation {
    package init() {}

    package var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "stock-on-hand", level: .system, affectsState: false,
            documentation: "Tells balances and batches of stock, by item and place.",
            roles: [
                .superadmin, .pharmacy, .laboratory, .maintenance, .cashier, .facilityHead, .medicalAdmin, .nurse,
                .quality,
            ],
            parameters: [
                .init(.input, "item", 0, nil, nil, "Items (Reference, CodeableConcept); all if none is given."),
                .init(.input, "location", 0, nil, "Reference", "Locations; all if none is given."),
                .init(.input, "atDate", 0, 1, "dateTime", "As it was at the end of this day, or at this time."),
                .init(
                    .output, "balance", 0, nil, nil, "What there is of an item at a place.",
                    parts: [
                        .init(.output, "item", 1, 1, nil, "The item."),
                        .init(.output, "location", 0, 1, "Reference", "The place."),
                        .init(.output, "quantity", 1, 1, "Quantity", "All that is in stock, expired or not."),
                        .init(.output, "available", 1, 1, "Quantity", "What may be handed out."),
                        .init(.output, "quarantine", 1, 1, "Quantity", "What came back."),
                    ]),
                .init(
                    .output, "batches", 0, nil, nil, "One batch at a place.",
                    parts: [
                        .init(.output, "item", 1, 1, nil, "The item."),
                        .init(.output, "location", 1, 1, "Reference", "The place, or the delivery that is on its way."),
                        .init(.output, "batch", 0, 1, "string", "Number of the batch."),
                        .init(.output, "expiry", 0, 1, "date", "Last day of use."),
                        .init(.output, "quantity", 1, 1, "Quantity", "What there is."),
                        .init(.output, "status", 1, 1, "code", "stock, expired, quarantine or transit."),
                    ]),
            ])
    }

    package func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let places = try work.parameters.references("location", "Location")
        var items: [StockItem] = []
        for node in work.parameters.nodes("item") {
            items.append(try await StockItem(node, place: work.parameters.place(of: "item"), in: work))
        }
        let time = work.parameters.text("atDate")
        if let time, FHIRDateTime(time) == nil {
            throw OperationParameters.invalid(
                "the parameter atDate is a date or a time", at: work.parameters.place(of: "atDate"))
        }
        var parameters = SQLParameters()
        parameters.append(textArray: items.flatMap(\.keys))
        parameters.append(textArray: places.map(\.text))
        parameters.append(text: time)
        parameters.append(text: try await MedicineSettings.zone.text(in: work.transaction))
        parameters.append(timestamp: work.now.microsecondsSince1970)
        let rows = try await work.transaction.session.query(
            try work.store.statement(time == nil ? Self.now(work.store) : Self.then(work.store)), parameters)
        return ClinicAnswer(StockReport(rows, items, places).parameters)
    }

    /// Rows of `x` with what they sum up to at their place; which batches have expired is known at the time asked for.
    private static func statement(_ rows: String) -> String {
        """
        SELECT y.item, y.place, y.status, y.batch, y.expires::text, y.quantity::text, y.unit,
          coalesce(sum(y.quantity) FILTER (WHERE y.status IN ('stock', 'expired')) OVER place, 0)::text,
          coalesce(sum(y.quantity) FILTER (WHERE y.status = 'stock') OVER place, 0)::text,
          coalesce(sum(y.quantity) FILTER (WHERE y.status = 'quarantine') OVER place, 0)::text
        FROM (
          SELECT x.item, x.place, x.batch, s.expires, x.quantity, i.unit::text AS unit,
            CASE WHEN x.pool = 'stock' AND s.expires < (
              least(coalesce(medicine_time($3::text, true) - interval '1 microsecond', $5::timestamptz),
                $5::timestamptz) AT TIME ZONE medicine_zone($4::text))::date
              THEN 'expired' ELSE x.pool END AS status
          FROM (\(rows)) x
          JOIN stock_item i ON i.item = x.item JOIN stock_batch s ON s.item = x.item AND s.batch = x.batch) y
        WINDOW place AS (PARTITION BY y.item, y.place)
        ORDER BY y.item, y.place, y.expires NULLS LAST, y.batch, y.status LIMIT 10000
        """
    }

    private static let filter = """
        (cardinality($1::text[]) = 0 OR item = ANY ($1::text[]))
          AND (cardinality($2::text[]) = 0 OR place = ANY ($2::text[]))
        """

    private static func now(_ store: FHIRStore) -> String {
        let balances = store.visible("stock_balance", by: "place", of: "Location", "SupplyDelivery")
        return statement(
            "SELECT item, place, pool, batch, quantity FROM \(balances) b WHERE quantity > 0 AND \(filter)")
    }

    private static func then(_ store: FHIRStore) -> String {
        statement(
            """
            SELECT item, place, pool, batch, sum(quantity) AS quantity
            FROM \(store.visible("stock_movement", by: "place", of: "Location", "SupplyDelivery")) m
            WHERE \(filter) AND happened < greatest(
              medicine_time($3::text, true), medicine_time($3::text, false) + interval '1 millisecond')
            GROUP BY item, place, pool, batch HAVING sum(quantity) > 0
            """)
    }
}
