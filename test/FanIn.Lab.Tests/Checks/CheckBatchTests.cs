using SkiaSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab.Tests;

public sealed class CheckBatchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Random_numbers_are_standardized_and_hang_on_the_seed()
    {
        InputShape input = InputShape.Image(3, 8, 8);
        using Tensor one = CheckBatch.Random(input, 32, 1).ToTensor();
        using Tensor same = CheckBatch.Random(input, 32, 1).ToTensor();
        using Tensor other = CheckBatch.Random(input, 32, 2).ToTensor();

        Assert.Equal([32, 3, 8, 8], one.shape);
        Assert.Equal(ScalarType.Float32, one.dtype);
        Assert.True(one.allclose(same, rtol: 0, atol: 0));
        // Independent normals: the mean product of 6144 pairs has a deviation of 1/78.
        Assert.InRange(one.mul(other).mean().item<float>(), -0.06, 0.06);
        Assert.Equal(0, one.mean().item<float>(), 1e-6);
        Assert.Equal(1, one.square().mean().item<float>(), 1e-5);
        Assert.Equal(3, one.pow(4).mean().item<float>(), 0.4);
    }

    /// <summary>Chi-squared of 19 ids over 3,800 draws: 18 degrees of freedom, above 42.3 one time in a thousand.</summary>
    [Fact]
    public void Random_tokens_are_uniform_without_padding()
    {
        using Tensor tokens = CheckBatch.Random(InputShape.Tokens(19, 20), 200, 1).ToTensor();
        long[] counts = new long[20];
        foreach (long token in tokens.data<long>())
        {
            counts[token]++;
        }

        Assert.Equal(ScalarType.Int64, tokens.dtype);
        Assert.Equal(0, counts[0]);
        Assert.InRange(counts.Skip(1).Sum(c => (c - 200.0) * (c - 200.0) / 200), 0, 42.3);
    }

    [Fact]
    public void An_array_stays_as_it_is()
    {
        string path = _folder.Write(
            "a.npy",
            NpyArrayTests.File("<f4", "(2, 3)", NpyArrayTests.Bytes<float>(1, 2, 3, 4, 5, 600))
        );

        CheckBatch batch = CheckBatch.Load(path);

        Assert.Equal([2L, 3], batch.Shape);
        Assert.False(batch.IsTokens);
        Assert.Null(batch.Labels);
        using Tensor tensor = batch.ToTensor();
        Assert.Equal([1f, 2, 3, 4, 5, 600], tensor.data<float>().ToArray());
    }

    [Fact]
    public void Token_ids_enlarge_the_vocabulary()
    {
        CheckBatch batch = CheckBatch.Load(
            _folder.Write("a.npy", NpyArrayTests.File("<i8", "(2, 2)", NpyArrayTests.Bytes(1L, 2, 3, 1500)))
        );

        Assert.True(batch.IsTokens);
        Assert.Equal(InputShape.Tokens(2, 1501), batch.InputFor(Network.Parse("text:1x4:relu")));
        Assert.Equal(
            "The network mlp:1x4:relu reads numbers, but the batch holds int64, which are token ids; save it as float32.",
            Assert.Throws<DataFormatException>(() => batch.InputFor(Network.Parse("mlp:1x4:relu"))).Message
        );
    }

    [Fact]
    public void Batches_that_do_not_fit_are_refused()
    {
        CheckBatch numbers = CheckBatch.Random(InputShape.Vector(4), 2, 1);
        CheckBatch negative = CheckBatch.Load(
            _folder.Write("a.npy", NpyArrayTests.File("<i8", "(2, 2)", NpyArrayTests.Bytes(1L, -2, 3, 5)))
        );

        Assert.Equal(
            "The network text:1x4:relu reads token ids, but the batch holds numbers; save it as int64.",
            Assert.Throws<DataFormatException>(() => numbers.InputFor(Network.Parse("text:1x4:relu"))).Message
        );
        Assert.Equal(
            "The batch has the token -2; tokens are 0 to 16777215.",
            Assert.Throws<DataFormatException>(() => negative.InputFor(Network.Parse("text:1x4:relu"))).Message
        );
        Assert.Throws<DataFormatException>(() => numbers.InputFor(Network.Parse("cnn:1x4:relu")));
        string flat = _folder.Write("flat.npy", NpyArrayTests.File("|u1", "(3,)", [1, 2, 3]));
        Assert.Equal(
            $"'{flat}' holds an array of shape (3); a batch needs its examples, two or more, along the first axis and their values along others.",
            Assert.Throws<DataFormatException>(() => CheckBatch.Load(flat)).Message
        );
        string text = _folder.Write("a.txt", "x");
        Assert.Equal(
            $"'{text}' is neither a folder of images nor an array in a file that ends in .npy.",
            Assert.Throws<DataFormatException>(() => CheckBatch.Load(text)).Message
        );
        Assert.Equal(
            "There is no file or folder 'nowhere.npz'.",
            Assert.Throws<DataFormatException>(() => CheckBatch.Load("nowhere.npz")).Message
        );
    }

    [Fact]
    public void A_folder_of_images_is_standardized()
    {
        for (byte i = 0; i < 3; i++)
        {
            _folder.Write($"all/{i}.png", Png((byte)(100 * i)));
        }

        CheckBatch batch = CheckBatch.Load(Path.Combine(_folder.Path, "all"));

        Assert.Equal([3L, 1, 2, 4], batch.Shape);
        Assert.Null(batch.Labels);
        using Tensor values = batch.ToTensor();
        // Levels 0, 100, 200: mean 100, deviation sqrt(20000 / 3).
        float step = (float)(100 / Math.Sqrt(20_000.0 / 3));
        Assert.Equal(
            [-step, 0, step],
            values.mean([1, 2, 3]).data<float>().ToArray(),
            (a, b) => Math.Abs(a - b) < 1e-5
        );
    }

    [Fact]
    public void Class_folders_give_labels_and_share_the_batch()
    {
        for (int i = 0; i < 100; i++)
        {
            _folder.Write($"set/many/{i:000}.png", Png((byte)i));
        }
        for (int i = 0; i < 5; i++)
        {
            _folder.Write($"set/few/{i}.png", Png(200));
        }

        CheckBatch batch = CheckBatch.Load(Path.Combine(_folder.Path, "set"));

        Assert.Equal([64L, 1, 2, 4], batch.Shape);
        Assert.Equal(["few", "many"], batch.Classes);
        Assert.Equal(5, batch.Labels!.Count(label => label == 0));
        Assert.Equal(59, batch.Labels!.Count(label => label == 1));
    }

    private static byte[] Png(byte grey)
    {
        using var bitmap = new SKBitmap(4, 2);
        bitmap.Erase(new SKColor(grey, grey, grey));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
