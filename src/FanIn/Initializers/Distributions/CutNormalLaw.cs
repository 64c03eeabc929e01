namespace FanIn;

/// <summary>N(mean, std^2) given low &lt;= (w - mean) / std &lt;= high.</summary>
internal sealed class CutNormalLaw : ElementDistribution
{
    private readonly double _centre;
    private readonly double _uncutStd;
    private readonly double _low;
    private readonly double _high;
    private readonly TruncatedCut _cut;
    private readonly Lazy<(double Skewness, double ExcessKurtosis)> _form;

    public CutNormalLaw(double mean, double uncutStd, double low, double high)
        : base(
            mean + (uncutStd * FanIn.TruncatedNormal.Mean(low, high)),
            uncutStd * FanIn.TruncatedNormal.StandardDeviation(low, high)
        )
    {
        (_centre, _uncutStd, _low, _high) = (mean, uncutStd, low, high);
        _cut = TruncatedCut.Create(low, high);
        _form = new(() => FanIn.TruncatedNormal.Form(low, high));
    }

    internal override string ShapeName => $"a normal cut to [{_low:G4}, {_high:G4}] of its standard deviations";

    public override double Skewness => _form.Value.Skewness;

    public override double ExcessKurtosis => _form.Value.ExcessKurtosis;

    public override double Low => _centre + (_low * _uncutStd);

    public override double High => _centre + (_high * _uncutStd);

    public override double Cdf(double x)
    {
        double z = (x - _centre) / _uncutStd;
        return z <= _low ? 0
            : z >= _high ? 1
            : (TruncatedCut.MassBetween(_low, z, _cut.Scale) / _cut.Mass).Rounded;
    }
}
