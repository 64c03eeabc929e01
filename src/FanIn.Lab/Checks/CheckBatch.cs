using FanIn.TorchSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>Examples to check a network on.</summary>
public sealed record CheckBatch
{
    private const int MostExamples = 64;

    private CheckBatch(Array values, long[] shape) => (Values, Shape) = (values, shape);

    /// <summary>[examples, ...].</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>The class of each example, where the files say it.</summary>
    public IReadOnlyList<int>? Labels { get; private init; }

    /// <summary>The classes' names; empty without <see cref="Labels"/>.</summary>
    public IReadOnlyList<string> Classes { get; private init; } = [];

    /// <summary>True for whole numbers: token ids.</summary>
    public bool IsTokens => Values is long[];

    /// <summary>Numbers or token ids, row-major.</summary>
    private Array Values { get; }

    /// <summary>
    /// Reads a batch: an array in NumPy's format, or a folder of images (.png, .jpg, .jpeg) or of a folder of them for each
    /// class. Of an array the first axis counts examples, and its values stay as they are; images, whose levels are 0 to 255
    /// in their files, are standardized (one mean and one deviation over all). Of many images, 64 are read, of each class
    /// as many.
    /// </summary>
    /// <param name="path">A file that ends in .npy (float32, float64, uint8 or int64, which are token ids) or a folder.</param>
    /// <exception cref="DataFormatException">There is no such file, or it can't be used; says what is wrong.</exception>
    public static CheckBatch Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            return LoadImages(path);
        }
        if (!path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
        {
            throw new DataFormatException(
                File.Exists(path)
                    ? $"'{path}' is neither a folder of images nor an array in a file that ends in .npy."
                    : $"There is no file or folder '{path}'."
            );
        }
        NpyArray array = NpyArray.Read(DataSource.File(path));
        if (array.Shape.Length < 2 || array.Shape[0] < 2)
        {
            throw new DataFormatException(
                $"'{path}' holds an array of shape ({string.Join(", ", array.Shape)}); a batch needs its examples, two or more, along the first axis and their values along others."
            );
        }
        return new(array.Values, array.Shape);
    }

    /// <summary>
    /// Random examples, the same for the same arguments: numbers drawn from N(0, 1), then brought to mean 0 and variance 1
    /// over the whole batch; token ids drawn uniformly from all but 0, which is padding.
    /// </summary>
    /// <param name="input">What one example is.</param>
    /// <param name="examples">How many, 1 or more.</param>
    /// <param name="seed">Another seed gives other examples.</param>
    /// <exception cref="ArgumentOutOfRangeException">No example, or more numbers than an array holds.</exception>
    public static CheckBatch Random(InputShape input, int examples, Seed seed)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        long count = checked(examples * input.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength, nameof(examples));
        long[] shape = [examples, .. input.Sizes];
        var stream = RandomStream.Create(seed, "check/input");
        if (input.Kind == InputKind.Tokens)
        {
            double[] draws = new double[count];
            stream.FillUniform(draws);
            return new((long[])[.. draws.Select(u => 1 + (long)(u * (input.Vocabulary - 1)))], shape);
        }
        float[] values = new float[count];
        stream.FillNormal(values);
        return new(Standardization.Fit(values, 1).Apply(values), shape);
    }

    /// <summary>What one example is to a network; a vocabulary grows to hold the greatest token id.</summary>
    /// <exception cref="DataFormatException">The network can't read it.</exception>
    internal InputShape InputFor(Network network) =>
        network.InputOf([.. Shape.Skip(1)]) is { Kind: InputKind.Tokens } text
            ? IsTokens
                ? InputShape.Tokens(text.Count, (int)Math.Max(GreatestToken() + 1, text.Vocabulary))
                : throw new DataFormatException(
                    $"The network {network} reads token ids, but the batch holds numbers; save it as int64."
                )
            : IsTokens
                ? throw new DataFormatException(
                    $"The network {network} reads numbers, but the batch holds int64, which are token ids; save it as float32."
                )
                : network.InputOf([.. Shape.Skip(1)]);

    private long GreatestToken()
    {
        const int MostIds = 1 << 24;
        var tokens = (long[])Values;
        (long least, long greatest) = (tokens.Min(), tokens.Max());
        return least >= 0 && greatest < MostIds
            ? greatest
            : throw new DataFormatException(
                $"The batch has the token {(least < 0 ? least : greatest)}; tokens are 0 to {MostIds - 1}."
            );
    }

    /// <summary>The batch as a tensor, float32 or int64; the caller disposes it.</summary>
    public Tensor ToTensor()
    {
        NativeLoader.EnsureLoaded();
        // A copy in libtorch's own memory: matrix products round by the alignment of what they read.
        using Tensor given = Values is long[] tokens ? tensor(tokens, [.. Shape]) : tensor((float[])Values, [.. Shape]);
        return given.clone();
    }

    /// <summary>The values, row-major; token ids as numbers.</summary>
    public float[] ToFloats() => Values is long[] tokens ? [.. tokens.Select(id => (float)id)] : [.. (float[])Values];

    private static CheckBatch LoadImages(string folder)
    {
        (string[] paths, string[] labels) = ClassFolder.ImagesOf(folder, MostExamples);
        (int[] shape, float[] pixels) = ImageFiles.Read(paths);
        if (paths.Length < 2)
        {
            throw new DataFormatException($"'{folder}' holds one image; a batch needs two or more.");
        }
        string[] classes = [.. labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new CheckBatch(
            Standardization.Fit(pixels, 1).Apply(pixels),
            [paths.Length, .. shape.Select(size => (long)size)]
        ) with
        {
            Labels = classes.Length < 2 ? null : [.. labels.Select(label => Array.IndexOf(classes, label))],
            Classes = classes.Length < 2 ? [] : classes,
        };
    }
}
