namespace FanIn;

/// <summary>The numbers of an element type, chosen at run time: see <see cref="INumberGrid"/>.</summary>
internal sealed record ElementGrid(
    Func<double, double> Nearest,
    Func<double, double> Above,
    Func<double, double> Below,
    double Precision
)
{
    public static ElementGrid Of(ElementType type) =>
        type switch
        {
            ElementType.Float32 => Of<SingleGrid>(Math.ScaleB(1, -24)),
            ElementType.Float64 => Of<DoubleGrid>(Math.ScaleB(1, -53)),
            ElementType.BFloat16 => Of<BFloat16Grid>(Math.ScaleB(1, -8)),
            ElementType.Float16 => Of<HalfGrid>(Math.ScaleB(1, -11)),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "There is no such element type."),
        };

    /// <summary>What lies between this number and the next is rounded to it up to here.</summary>
    public double UpperEdge(double number)
    {
        double next = Above(number);
        return double.IsFinite(next) ? number + ((next - number) / 2) : number + ((number - Below(number)) / 2);
    }

    /// <summary>What lies between this number and the one before is rounded to it from here on.</summary>
    public double LowerEdge(double number) => -UpperEdge(-number);

    private static ElementGrid Of<TGrid>(double precision)
        where TGrid : struct, INumberGrid => new(TGrid.Nearest, TGrid.Above, TGrid.Below, precision);
}
