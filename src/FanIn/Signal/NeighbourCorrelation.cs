namespace FanIn;

/// <summary>
/// Tells weights that were drawn one by one from such that follow a pattern: windows, sines, filters, or what training made
/// of them.
/// </summary>
public static class NeighbourCorrelation
{
    /// <summary>
    /// n times the mean, over units, of the squared correlation between a weight and the next one of its unit, where a unit
    /// has n weights. Independent weights have 1 + O(1/n), with a standard deviation of sqrt(2 / units) at most; a Fourier
    /// basis has n/2. Null where no unit has 8 weights that differ.
    /// </summary>
    /// <param name="weights">[units, inputs], row-major: a convolution's taps count as inputs.</param>
    /// <param name="units">The number of rows.</param>
    /// <exception cref="ArgumentException">The rows don't fit the weights.</exception>
    public static double? Of(ReadOnlySpan<float> weights, int units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        if (units == 0 ? weights.Length > 0 : weights.Length % units != 0)
        {
            throw new ArgumentException($"{weights.Length} weights don't make {units} units.", nameof(weights));
        }
        int inputs = units == 0 ? 0 : weights.Length / units;
        if (inputs < 8)
        {
            return null;
        }
        double sum = 0;
        int counted = 0;
        for (int unit = 0; unit < units; unit++)
        {
            ReadOnlySpan<float> row = weights.Slice(unit * inputs, inputs);
            double mean = 0;
            foreach (float x in row)
            {
                mean += x;
            }
            mean /= inputs;
            double square = 0;
            double product = 0;
            double last = 0;
            foreach (float x in row)
            {
                double here = x - mean;
                square += here * here;
                product += here * last;
                last = here;
            }
            if (square > 0 && double.IsFinite(square))
            {
                double correlation = product / square;
                sum += correlation * correlation;
                counted++;
            }
        }
        return counted == 0 ? null : sum / counted * inputs;
    }
}
