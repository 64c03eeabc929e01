namespace FanIn.TorchSharp;

/// <summary>What a step of a graph gives for an example: so many numbers at so many positions.</summary>
/// <param name="Units">Channels of images, features of tokens and vectors.</param>
/// <param name="Positions">Pixels or tokens; 1 for vectors.</param>
internal readonly record struct NodeShape(long Units, long Positions)
{
    public long Count => Units * Positions;

    /// <summary>Of [batch, units, positions ...], or [batch, positions ..., units].</summary>
    public static NodeShape Of(long[] shape, bool unitsLast)
    {
        if (shape.Length < 2)
        {
            return new(Math.Max(1, shape.Aggregate(1L, (a, b) => a * b)), 1);
        }
        long units = Math.Max(1, unitsLast ? shape[^1] : shape[1]);
        long all = Math.Max(1, shape.AsSpan(1).ToArray().Aggregate(1L, (a, b) => a * b));
        return new(units, all / units);
    }
}
