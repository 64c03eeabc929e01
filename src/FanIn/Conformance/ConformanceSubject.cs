namespace FanIn;

/// <summary>What is checked: an initializer or a function, as something that draws a tensor.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Tensor">Whose values are checked.</param>
/// <param name="Type">What they are drawn in.</param>
/// <param name="Initializer">Null for a function.</param>
/// <param name="Fill">Null for an initializer.</param>
internal sealed record ConformanceSubject(
    string Name,
    TensorDescription Tensor,
    ElementType Type,
    Initializer? Initializer,
    ConformanceFill? Fill
)
{
    public double[] Draw(Seed seed, string key) => Draw(Tensor, seed, key);

    public double[] Draw(TensorDescription tensor, Seed seed, string key)
    {
        int length = checked((int)tensor.Count);
        return Type switch
        {
            ElementType.Float64 => Filled<double>(length, x => x, s => Initializer!.Fill(s, tensor, seed, key)),
            ElementType.BFloat16 => Filled<BFloat16>(
                length,
                x => (float)x,
                s => Initializer!.Fill(s, tensor, seed, key)
            ),
            ElementType.Float16 => Filled<Half>(length, x => (double)x, s => Initializer!.Fill(s, tensor, seed, key)),
            _ when Fill is not null => Filled<float>(length, x => x, s => Fill(s, seed, key)),
            _ => Filled<float>(length, x => x, s => Initializer!.Fill(s, tensor, seed, key)),
        };
    }

    /// <summary>The tensor in pieces, some of odd lengths, the last one first.</summary>
    public double[] DrawParts(Seed seed, string key)
    {
        int end = (int)Tensor.Count;
        double[] all = new double[end];
        int part = (end / 3) | 1;
        while (end > 0)
        {
            int start = Math.Max(0, end - part);
            DrawPart(start, end - start, seed, key).CopyTo(all, start);
            end = start;
        }
        return all;
    }

    private double[] DrawPart(int start, int count, Seed seed, string key) =>
        Type switch
        {
            ElementType.Float64 => Filled<double>(
                count,
                x => x,
                s => Initializer!.FillPart(s, start, Tensor, seed, key)
            ),
            ElementType.BFloat16 => Filled<BFloat16>(
                count,
                x => (float)x,
                s => Initializer!.FillPart(s, start, Tensor, seed, key)
            ),
            ElementType.Float16 => Filled<Half>(
                count,
                x => (double)x,
                s => Initializer!.FillPart(s, start, Tensor, seed, key)
            ),
            _ => Filled<float>(count, x => x, s => Initializer!.FillPart(s, start, Tensor, seed, key)),
        };

    private static double[] Filled<T>(int count, Converter<T, double> widen, Action<T[]> fill)
    {
        var values = new T[count];
        fill(values);
        return Array.ConvertAll(values, widen);
    }
}
