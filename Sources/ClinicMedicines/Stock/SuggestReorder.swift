import Clinic
import FHIRDefinitions
import FHIRFormats
import FHIRModel
import FHIRStore
import JSONTape
import PostgreSQL

/// `POST /fhir/$reorder-suggest`: what has fallen below its level at a place, as SupplyRequests that wait for somebody
/// to send them. There is one open suggestion for each item and place.
struct SuggestReorder: ClinicOperation {
    var declaration: ClinicOperationDeclaration {
        ClinicOperationDeclaration(
            name: "reorder-suggest", level: .system, affectsState: true,
            documentation: "Suggests what to order again: what may be handed out or is on its way is below its level.",
            roles: [.superadmin, .pharmacy, .laboratory, .facilityHead], events: ["stock.low"],
            parameters: [
                .init(.input, "location", 0, 1, "Reference", "The Location; all if none is given."),
                .init(.output, "return", 1, 1, "Bundle", "The open suggestions, as SupplyRequests."),
            ])
    }

    func run(_ work: ClinicWork) async throws -> ClinicAnswer {
        let place = try await StockPlace("location", of: work.parameters, in: work)
        var parameters = SQLParameters()
        parameters.append(text: place?.reference.text)
        parameters.append(text: try await MedicineSettings.zone.text(in: work.transaction))
        parameters.append(timestamp: work.now.microsecondsSince1970)
        let rows = try await work.transaction.session.query(
            try work.store.statement(Self.low(work.store)), parameters)
        var changes = ChangeSet(work)
        var open: [SavedResource] = []
        var opened: [(item: String, place: String, request: String)] = []
        for row in 0..<rows.rowCount {
            guard let item = rows.string(row, 0), let at = rows.string(row, 1).flatMap({ LocalReference($0) }),
                let quantity = rows.string(row, 2), let unit = rows.bytes(row, 3), let content = rows.bytes(row, 4)
            else { continue }
            if let known = rows.string(row, 5).map({ LocalReference("SupplyRequest", $0) }),
                let stored = try await work.find(known), ["draft", "active", "suspended"].contains(stored.status)
            {
                open.append(stored.saved(in: work.store))
                continue
            }
            let json = try Self.request(content, quantity, unit, at, work)
            let request = changes.create(json: json, type: "SupplyRequest")
            changes.record("stock.low", request)
            opened.append((item, at.text, request.id))
        }
        if !opened.isEmpty {
            var kept = SQLParameters()
            kept.append(textArray: opened.map(\.item))
            kept.append(textArray: opened.map(\.place))
            kept.append(textArray: opened.map(\.request))
            _ = try await work.transaction.session.query(Self.keep, kept)
        }
        return ClinicAnswer(open + (try await changes.apply()), base: work.call.base)
    }

    private static func request(
        _ content: [UInt8], _ quantity: String, _ unit: [UInt8], _ place: LocalReference, _ work: ClinicWork
    ) throws -> [UInt8] {
        let item = JSONNode(try Document.parse(content))
        let names = JSONNode(try Document.parse(unit))
        let amount = MedicineAmount(
            FHIRDecimal(quantity) ?? FHIRDecimal(0),
            unit: ["unit", "code"].compactMap { name in names[named: name]?.string.map { (name, $0) } })
        var request = ResourceEdit(nil)
        request.set("resourceType", "SupplyRequest")
        request.set("status", "draft")
        request.set(item["reference"] == nil ? "itemCodeableConcept" : "itemReference", json: content)
        request.set("quantity", json: amount.json)
        request.set("authoredOn", work.now.text)
        request.set("reasonCode", items: [Array(#"{"text":"below its reorder level"}"#.utf8)])
        request.set("deliverTo", json: place.json)
        return request.bytes
    }

    /// Rules whose stock is low, locked: what is good in stock there, and what is on its way there.
    private static func low(_ store: FHIRStore) -> String {
        """
        SELECT r.item, r.place, (r.target - s.have)::text, r.unit::text, r.content::text, r.suggestion
        FROM \(store.visible("stock_rule", by: "place", of: "Location", "SupplyDelivery")) r CROSS JOIN LATERAL (
          SELECT coalesce(sum(b.quantity), 0) AS have
          FROM stock_balance b JOIN stock_batch x ON x.item = b.item AND x.batch = b.batch
          WHERE b.item = r.item AND (x.expires IS NULL
              OR x.expires >= ($3::timestamptz AT TIME ZONE medicine_zone($2::text))::date)
            AND (b.place = r.place AND b.pool = 'stock' OR b.pool = 'transit' AND b.quantity > 0 AND EXISTS (
              SELECT FROM @[SupplyDelivery] d WHERE 'SupplyDelivery/' || d.id = b.place
                AND d.content #>> '{destination,reference}' = r.place))) s
        WHERE ($1::text IS NULL OR r.place = $1::text) AND s.have < r.minimum
        ORDER BY r.place, r.item FOR UPDATE OF r
        """
    }
    private static let keep = SQLStatement(
        """
        UPDATE stock_rule r SET suggestion = n.request
        FROM unnest($1::text[], $2::text[], $3::text[]) n (item, place, request)
        WHERE r.item = n.item AND r.place = n.place
        """)
}
