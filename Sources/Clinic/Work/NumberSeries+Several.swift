package import FHIRStore
import PostgreSQL

extension NumberSeries {
    /// So many numbers at once, of a series that may leave some out.
    package func next(_ count: Int, in transaction: StoreTransaction) async throws -> [Int] {
        var parameters = SQLParameters()
        parameters.append(text: name)
        parameters.append(int32: Int32(count))
        let result = try await transaction.session.query(Self.several, parameters)
        return (0..<result.rowCount).compactMap { row in result.int64(row, 0).map { Int($0) } }
    }

    private static let several = SQLStatement(
        "SELECT clinic_next_number($1::text) FROM generate_series(1, $2::int)")
}
