import FHIRSearch

/// Places near a place.
extension PredicateWriter {
    /// A box that the index serves, then the distance on the sphere (haversine). `lo` is the latitude, `hi` the
    /// longitude. `least` keeps rounding from asking for the arc sine of more than one.
    mutating func near(_ test: NearTest) -> String {
        let (south, north) = (test.latitudes.lowerBound, test.latitudes.upperBound)
        var conditions = ["s.lo BETWEEN \(numeric(String(south))) AND \(numeric(String(north)))"]
        if let (west, east) = test.longitudes {
            let joined = west <= east ? "AND" : "OR"
            conditions.append("(s.hi >= \(numeric(String(west))) \(joined) s.hi <= \(numeric(String(east))))")
        }
        let latitude = bind(double: test.latitude)
        let longitude = bind(double: test.longitude)
        conditions.append(
            """
            2 * \(NearTest.earthRadius) * asin(sqrt(least(1,
              sind((s.lo::float8 - \(latitude)) / 2) ^ 2
              + cosd(\(latitude)) * cosd(s.lo::float8) * sind((s.hi::float8 - \(longitude)) / 2) ^ 2)))
              <= \(bind(double: test.kilometres))
            """)
        return conditions.joined(separator: " AND ")
    }

    private mutating func bind(double value: Double) -> String { bind(text: String(value)) + "::float8" }
}
