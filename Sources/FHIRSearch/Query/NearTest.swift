import UCUM

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Within a distance of a place (R4 location.html#search): `latitude|longitude[|distance[|units]]`.
///
/// Without a distance, within `defaultKilometres`; without units, kilometres. Units are UCUM's lengths and what people
/// write for them. Negative distances and places off the globe are refused.
package struct NearTest: Hashable, Sendable {
    /// R4 leaves the distance of a search without one to the server.
    package static let defaultKilometres = 50.0
    /// Mean radius of the earth (IUGG), in kilometres.
    package static let earthRadius = 6371.0088

    /// In degrees, north and east positive.
    package let latitude: Double
    package let longitude: Double
    package let kilometres: Double

    init(_ text: Substring, units: UCUM) throws(SearchError) {
        let parts = SearchValueSyntax.split(text, at: UInt8(ascii: "|")).map { SearchValueSyntax.unescaped($0) }
        guard (2...4).contains(parts.count), let latitude = Self.number(parts[0]), abs(latitude) <= 90,
            let longitude = Self.number(parts[1]), abs(longitude) <= 180
        else {
            throw SearchError(
                .invalidValue, "The form is latitude|longitude|distance|units, with degrees within 90 and 180.")
        }
        self.latitude = latitude
        self.longitude = longitude
        kilometres = try Self.kilometres(
            parts.count > 2 ? parts[2] : "", unit: parts.count > 3 ? parts[3] : "", units: units)
    }

    private static func number(_ text: String) -> Double? { DecimalText(text).flatMap { Double($0.text) } }

    private static func kilometres(_ text: String, unit: String, units: UCUM) throws(SearchError) -> Double {
        if text.isEmpty, unit.isEmpty { return defaultKilometres }
        guard let distance = DecimalText(text), let value = Double(distance.text), value >= 0 else {
            throw SearchError(.invalidValue, "The distance is a number that is not negative.")
        }
        let code = unit.isEmpty ? "km" : customary[unit] ?? unit
        guard let converted = units.convert(value: distance.text, from: code, to: "km"), let result = Double(converted)
        else { throw SearchError(.invalidValue, "The units of the distance are a length of UCUM, such as km or m.") }
        return result
    }

    /// What people write for lengths that UCUM calls otherwise.
    private static let customary = [
        "mi": "[mi_i]", "mile": "[mi_i]", "miles": "[mi_i]", "ft": "[ft_i]", "yd": "[yd_i]", "nmi": "[nmi_i]",
        "kilometers": "km", "kilometres": "km", "meters": "m", "metres": "m",
    ]

    // MARK: - Box

    /// Degrees of latitude that can be near enough.
    package var latitudes: ClosedRange<Double> {
        let reach = kilometres / Self.earthRadius * 180 / .pi + Self.slack
        return max(-90, latitude - reach)...min(90, latitude + reach)
    }

    /// Degrees of longitude that can be near enough, from west to east; the west is the greater one where they cross
    /// the date line. Nil for all, as around a pole.
    package var longitudes: (west: Double, east: Double)? {
        let angle = kilometres / Self.earthRadius
        let cosine = cos(latitude * .pi / 180)
        guard angle < .pi / 2, abs(latitude) + angle * 180 / .pi < 90, sin(angle) < cosine else { return nil }
        let reach = asin(sin(angle) / cosine) * 180 / .pi + Self.slack
        guard reach < 180 else { return nil }
        var (west, east) = (longitude - reach, longitude + reach)
        if west < -180 { west += 360 }
        if east > 180 { east -= 360 }
        return (west, east)
    }

    /// What rounding can cost; the exact distance decides.
    private static let slack = 1e-7
}
