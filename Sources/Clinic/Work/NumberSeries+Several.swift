package import FHIRStore
import PostgreSQL

extension NumberSeries {
    /// So many numbers at once, of series that may leave some out.
    package static func next(
        _ wishes: [(series: NumberSeries, count: Int)], in transaction: StoreTransaction
    ) async throws -> [[Int]] {
        let results = try await transaction.session.queries(
            wishes.map { wish in
                var parameters = SQLParameters()
                parameters.append(text: wish.series.name)
                parameters.append(int32: Int32(wish.count))
                return (several, parameters)
            })
        return results.map { result in
            (0..<result.rowCount).compactMap { row in result.int64(row, 0).map { Int($0) } }
        }
    }

    private static let several = SQLStatement(
        "SELECT clinic_next_number($1::text) FROM generate_series(1, $2::int)")
}
