namespace FanIn;

/// <summary>The finite numbers of an element type, each of which a double holds exactly.</summary>
internal interface INumberGrid
{
    /// <summary>The type, for messages.</summary>
    static abstract string Name { get; }

    /// <summary>The type and its largest number, for messages.</summary>
    static abstract string Limit { get; }

    static abstract double Largest { get; }

    /// <summary>The nearest number, or an infinity; for the 16-bit types by way of float32, like every value.</summary>
    static abstract double Nearest(double value);

    /// <summary>The next number up, or infinity.</summary>
    static abstract double Above(double number);

    /// <summary>The next number down, or minus infinity.</summary>
    static abstract double Below(double number);
}

internal readonly struct DoubleGrid : INumberGrid
{
    public static string Name => "float64";

    public static string Limit => "float64";

    public static double Largest => double.MaxValue;

    public static double Nearest(double value) => value;

    public static double Above(double number) => Math.BitIncrement(number);

    public static double Below(double number) => Math.BitDecrement(number);
}

internal readonly struct SingleGrid : INumberGrid
{
    public static string Name => "float32";

    public static string Limit => "float32 (at most 3.4e38 in size)";

    public static double Largest => float.MaxValue;

    public static double Nearest(double value) => (float)value;

    public static double Above(double number) => MathF.BitIncrement((float)number);

    public static double Below(double number) => MathF.BitDecrement((float)number);
}

internal readonly struct HalfGrid : INumberGrid
{
    public static string Name => "float16";

    public static string Limit => "float16 (at most 65504 in size)";

    public static double Largest => (double)Half.MaxValue;

    public static double Nearest(double value) => (double)(Half)(float)value;

    public static double Above(double number) => (double)Half.BitIncrement((Half)number);

    public static double Below(double number) => (double)Half.BitDecrement((Half)number);
}

internal readonly struct BFloat16Grid : INumberGrid
{
    public static string Name => "bfloat16";

    public static string Limit => "bfloat16 (at most 3.38e38 in size)";

    public static double Largest => (float)BFloat16.FromBits(0x7F7F);

    public static double Nearest(double value) => (float)(BFloat16)(float)value;

    public static double Above(double number)
    {
        var bits = ((BFloat16)(float)number).Bits;
        return number switch
        {
            double.PositiveInfinity => number,
            0.0 => (float)BFloat16.FromBits(1),
            < 0.0 => (float)BFloat16.FromBits((ushort)(bits - 1)),
            _ => (float)BFloat16.FromBits((ushort)(bits + 1)),
        };
    }

    public static double Below(double number) => -Above(-number);
}
