package import FHIRModel
package import FHIRStore
package import JSONTape
import PostgreSQL

/// A rule's number or text that a clinic may change while the server runs, with what holds until it does.
package struct ClinicSetting: Sendable {
    /// `discount.approval-percent`.
    package let name: String
    /// What it decides, and in which unit.
    package let documentation: String
    /// JSON that holds where nothing is set.
    package let standard: String

    package init(_ name: String, _ documentation: String, standard: String) {
        self.name = name
        self.documentation = documentation
        self.standard = standard
    }

    /// The value in force.
    package func value(in transaction: StoreTransaction) async throws -> JSONNode {
        let values = try await SettingBoard.of(transaction.store).values { try await transaction.session.query($0) }
        if let value = values[name] { return value }
        return JSONNode(try Document.parse(Array(standard.utf8)))
    }

    package func integer(in transaction: StoreTransaction) async throws -> Int {
        try await value(in: transaction).integer ?? Int(standard) ?? 0
    }

    package func decimal(in transaction: StoreTransaction) async throws -> FHIRDecimal {
        let text = try await value(in: transaction).numberText ?? standard
        return FHIRDecimal(text) ?? FHIRDecimal(0)
    }

    package func bool(in transaction: StoreTransaction) async throws -> Bool {
        try await value(in: transaction).bool ?? (standard == "true")
    }

    package func text(in transaction: StoreTransaction) async throws -> String {
        try await value(in: transaction).string ?? standard
    }

    /// Sets the value; nil for the standard one. Throws `StoreError` (400) for another kind of value than the standard.
    package func set(_ json: [UInt8]?, by actor: String, in transaction: StoreTransaction) async throws {
        SettingBoard.of(transaction.store).noteChange()
        var parameters = SQLParameters()
        parameters.append(text: name)
        guard let json else {
            _ = try await transaction.session.query(Self.forget, parameters)
            return
        }
        let usual = JSONNode(try Document.parse(standard))
        let given = JSONNode(try Document.parse(json))
        // Of one kind are also true and false, and strings with and without escapes.
        let isAlike =
            given.kind == usual.kind || given.isString && usual.isString || given.bool != nil && usual.bool != nil
        guard isAlike else {
            throw StoreError(
                .invalidRequest, "the setting \(name) has a value like \(standard)", details: "invalid-parameter")
        }
        parameters.append(utf8: json)
        parameters.append(text: actor)
        _ = try await transaction.session.query(Self.write, parameters)
    }

    private static let forget = SQLStatement("DELETE FROM clinic_setting WHERE name = $1::text")
    private static let write = SQLStatement(
        """
        INSERT INTO clinic_setting (name, value, actor) VALUES ($1::text, $2::text::jsonb, $3::text)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, actor = excluded.actor, updated = now()
        """)
}
