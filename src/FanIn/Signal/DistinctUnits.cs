namespace FanIn;

/// <summary>
/// Counts the units of a layer that differ from each other. Units with equal weights get equal gradients and stay equal
/// for ever, so a layer with one distinct unit computes what a layer of width 1 would.
/// </summary>
public static class DistinctUnits
{
    /// <summary>
    /// The number of groups of units whose incoming weights and bias agree within 1e-6 of the layer's largest absolute
    /// weight; 1 for a layer of zeros, 0 for one without units. NaN and infinity are equal to themselves only.
    /// </summary>
    /// <param name="weights">[units, inputs], row-major: a convolution's taps count as inputs.</param>
    /// <param name="units">The number of rows.</param>
    /// <param name="biases">One a unit, or empty.</param>
    /// <exception cref="ArgumentException">The lengths don't fit.</exception>
    public static int Count(ReadOnlySpan<float> weights, int units, ReadOnlySpan<float> biases = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        if (units == 0)
        {
            return 0;
        }
        if (weights.Length % units != 0 || (biases.Length != 0 && biases.Length != units))
        {
            throw new ArgumentException(
                $"{weights.Length} weights and {biases.Length} biases don't make {units} units.",
                nameof(weights)
            );
        }
        int inputs = weights.Length / units;
        float largest = 0;
        foreach (float weight in weights)
        {
            largest = float.IsFinite(weight) ? MathF.Max(largest, MathF.Abs(weight)) : largest;
        }
        float tolerance = largest * 1e-6f;
        var representatives = new List<int>();
        for (int unit = 0; unit < units; unit++)
        {
            bool known = false;
            foreach (int other in representatives)
            {
                if (
                    Near(weights.Slice(unit * inputs, inputs), weights.Slice(other * inputs, inputs), tolerance)
                    && (biases.IsEmpty || Near(biases[unit], biases[other], tolerance))
                )
                {
                    known = true;
                    break;
                }
            }
            if (!known)
            {
                representatives.Add(unit);
            }
        }
        return representatives.Count;
    }

    private static bool Near(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float tolerance)
    {
        for (int i = 0; i < a.Length; i++)
        {
            if (!Near(a[i], b[i], tolerance))
            {
                return false;
            }
        }
        return true;
    }

    private static bool Near(float a, float b, float tolerance) => MathF.Abs(a - b) <= tolerance || a.Equals(b);
}
