namespace FanIn.Checkpoints;

/// <summary>Values that follow from a tensor's shape alone, such as Whisper's sinusoids: compared one by one.</summary>
internal sealed class FixedPattern
{
    private readonly PlanRow _row;
    private float[] _expected = [];
    private double _largest;
    private double _difference;

    private FixedPattern(PlanRow row) => _row = row;

    /// <summary>Relative to the pattern's largest value; NaN where a value isn't a number.</summary>
    public double LargestDifference => _largest > 0 ? _difference / _largest : _difference;

    /// <summary>Null where a row is drawn, or holds one value only.</summary>
    public static FixedPattern? Of(PlanRow? row) =>
        row is { IsKept: false, FillsParts: true }
        && row.Parts.All(part => part.Initializer is { } rule && rule.Structure(part.Tensor).IsFixed)
        && row.Parts.Any(part => part.StandardDeviation is not 0)
            ? new(row)
            : null;

    /// <summary>Compares a part of the tensor as it is stored.</summary>
    public void Compare(ReadOnlySpan<float> values, long start)
    {
        if (_expected.Length < values.Length)
        {
            _expected = new float[values.Length];
        }
        Span<float> expected = _expected.AsSpan(0, values.Length);
        _row.FillPart(expected, start, 0);
        for (int i = 0; i < values.Length; i++)
        {
            _largest = Math.Max(_largest, Math.Abs(expected[i]));
            // Math.Max keeps NaN.
            _difference = Math.Max(_difference, Math.Abs((double)values[i] - expected[i]));
        }
    }
}
