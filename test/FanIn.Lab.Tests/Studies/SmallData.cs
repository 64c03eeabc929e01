namespace FanIn.Lab.Tests;

/// <summary>Small data sets of three classes, of which each kind of network reads one; they can be learned.</summary>
internal static class SmallData
{
    private static readonly string[] s_classes = ["a", "b", "c"];

    public static DataSet Of(string name) =>
        name switch
        {
            "vectors" => Numbers(name, InputKind.Vector, [12]),
            "narrow" => Numbers(name, InputKind.Image, [1, 6, 3]),
            "images" => Numbers(name, InputKind.Image, [1, 8, 8]),
            "texts" => Texts(name),
            _ => throw new ArgumentException(name, nameof(name)),
        };

    /// <summary>Noise about a mean of each class.</summary>
    private static DataSet Numbers(string name, InputKind kind, int[] shape)
    {
        int size = shape.Aggregate(1, (a, b) => a * b);
        float[] means = new float[3 * size];
        RandomStream.Create(1, name).FillNormal(means);
        return new(name, kind, shape, s_classes, Part("train", 90), Part("test", 30));

        Examples Part(string part, int count)
        {
            float[] values = new float[count * size];
            RandomStream.Create(2, part).FillNormal(values);
            int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 3)];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (0.5f * values[i]) + means[(labels[i / size] * size) + (i % size)];
            }
            return new(values, labels);
        }
    }

    /// <summary>Ten tokens, more of the class's own than of others.</summary>
    private static DataSet Texts(string name)
    {
        return new(name, InputKind.Tokens, [10], s_classes, Part("train", 90), Part("test", 30), vocabularySize: 8);

        static Examples Part(string part, int count)
        {
            double[] draws = new double[count * 10];
            RandomStream.Create(3, part).FillUniform(draws);
            int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 3)];
            int[] tokens = [.. draws.Select((u, i) => u < 0.5 ? 2 + labels[i / 10] : 1 + (int)(u * 7))];
            return new(tokens, labels);
        }
    }
}
