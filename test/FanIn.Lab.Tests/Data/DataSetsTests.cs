using System.Runtime.InteropServices;

namespace FanIn.Lab.Tests;

public sealed class DataSetsTests
{
    [Fact]
    public void Digits_are_standardized_images_of_ten_classes()
    {
        DataSet data = DataSets.Load("digits");

        Assert.Equal("digits", data.Name);
        Assert.Equal(InputKind.Image, data.Kind);
        Assert.Equal([1, 8, 8], data.InputShape);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], data.Classes);
        Assert.Equal((1437, 360), (data.Train.Count, data.Test.Count));
        AssertStandardized(data);
        AssertNoLeak(data);
        // Nearly balanced classes: just under ln 10.
        Assert.InRange(data.ClassPriorEntropy, Math.Log(10) - 1e-3, Math.Log(10) - 1e-7);
    }

    [Fact]
    public void Digits_hold_the_pixels_of_the_file()
    {
        DataSet data = DataSets.Load("digits");
        // The first example goes to the training part: a zero whose first row reads 0, 0, 5, 13, 9, 1, 0, 0.
        ReadOnlySpan<float> row = data.Train.Inputs.Span[..8];
        float background = row[0];
        float step = (row[2] - background) / 5;

        Assert.Equal(0, data.Train.Labels.Span[0]);
        float[] levels = [0, 0, 5, 13, 9, 1, 0, 0];
        for (int x = 0; x < 8; x++)
        {
            Assert.Equal(levels[x], (row[x] - background) / step, 4);
        }
    }

    [Fact]
    public void Fashion14_keeps_the_split_of_its_authors()
    {
        DataSet data = DataSets.Load("fashion14");

        Assert.Equal(InputKind.Image, data.Kind);
        Assert.Equal([1, 14, 14], data.InputShape);
        Assert.Equal(10, data.Classes.Count);
        Assert.Equal((8000, 2000), (data.Train.Count, data.Test.Count));
        AssertStandardized(data);
        // The first image of Fashion-MNIST is an ankle boot, the second a T-shirt.
        Assert.Equal("ankle boot", data.Classes[data.Train.Labels.Span[0]]);
        Assert.Equal("T-shirt/top", data.Classes[data.Train.Labels.Span[1]]);
        Assert.InRange(data.ClassPriorEntropy, Math.Log(10) - 1e-2, Math.Log(10));
    }

    [Fact]
    public void Fashion14_pools_to_7x7_and_standardizes_after()
    {
        DataSet whole = DataSets.Load("fashion14");
        DataSet pooled = DataSets.Load("fashion14", new DataOptions { ImageSide = 7 });

        Assert.Equal([1, 7, 7], pooled.InputShape);
        AssertStandardized(pooled);
        // Standardization is affine, so block means of the whole images are an affine map of the pooled ones.
        ReadOnlySpan<float> pixels = whole.Train.Inputs.Span;
        double Block(ReadOnlySpan<float> p, int y, int x) =>
            (
                p[2 * y * 14 + 2 * x]
                + p[2 * y * 14 + 2 * x + 1]
                + p[(2 * y + 1) * 14 + 2 * x]
                + p[(2 * y + 1) * 14 + 2 * x + 1]
            ) / 4.0;
        double slope =
            (pooled.Train.Inputs.Span[24] - pooled.Train.Inputs.Span[0]) / (Block(pixels, 3, 3) - Block(pixels, 0, 0));
        for (int i = 0; i < 49; i++)
        {
            double expected = pooled.Train.Inputs.Span[0] + slope * (Block(pixels, i / 7, i % 7) - Block(pixels, 0, 0));
            Assert.Equal(expected, pooled.Train.Inputs.Span[i], 3);
        }
    }

    [Theory]
    [InlineData("languages", 19, 3957)]
    [InlineData("names", 2, 8008)]
    public void Texts_as_a_bag_have_rows_of_unit_mean_square(string name, int classes, int examples)
    {
        DataSet data = DataSets.Load(name);

        Assert.Equal(InputKind.Vector, data.Kind);
        Assert.Equal([1000], data.InputShape);
        Assert.Equal(classes, data.Classes.Count);
        Assert.Equal(examples, data.Train.Count + data.Test.Count);
        Assert.InRange(data.Test.Count, 0.198 * examples, 0.202 * examples);
        for (int i = 0; i < data.Train.Count; i++)
        {
            double squares = 0;
            foreach (float value in data.Train.Inputs.Span.Slice(i * 1000, 1000))
            {
                Assert.True(value >= 0);
                squares += (double)value * value;
            }
            Assert.Equal(1000, squares, 0.01);
        }
    }

    [Theory]
    [InlineData("languages", 19, 97)]
    [InlineData("names", 2, 15)]
    public void Texts_as_tokens_are_padded_at_the_end(string name, int classes, int longest)
    {
        DataSet data = DataSets.Load(name, new DataOptions { Text = TextForm.Tokens });

        Assert.Equal(InputKind.Tokens, data.Kind);
        Assert.Equal(classes, data.Classes.Count);
        Assert.Equal([longest], data.InputShape);
        Assert.True(data.Train.Inputs.IsEmpty);
        bool full = false;
        for (int i = 0; i < data.Train.Count; i++)
        {
            ReadOnlySpan<int> row = data.Train.Tokens.Span.Slice(i * data.InputSize, data.InputSize);
            ReadOnlySpan<int> text = row.TrimEnd(0);
            Assert.False(text.IsEmpty);
            // Every character of a training text is known here: both alphabets are small.
            Assert.False(text.ContainsAny(0, 1));
            full |= text.Length == row.Length;
        }
        Assert.True(full);
        AssertNoLeak(data);
    }

    [Fact]
    public void Both_forms_of_a_text_set_split_the_same_way()
    {
        DataSet bag = DataSets.Load("names");
        DataSet tokens = DataSets.Load("names", new DataOptions { Text = TextForm.Tokens, TextLength = 4 });

        Assert.Equal([4], tokens.InputShape);
        Assert.Equal(bag.Train.Labels, tokens.Train.Labels, (a, b) => a.Span.SequenceEqual(b.Span));
        // 4,530 female and 3,478 male names, 4 in 5 of each.
        Assert.Equal(0.68451, bag.ClassPriorEntropy, 1e-4);
        Assert.Equal(bag.ClassPriorEntropy, tokens.ClassPriorEntropy);
    }

    [Fact]
    public void Loading_twice_gives_the_same_data_and_every_form_its_own_fingerprint()
    {
        DataOptions[] forms =
        [
            new(),
            new() { Text = TextForm.Tokens },
            new() { Text = TextForm.Tokens, TextLength = 9 },
        ];
        string[] first = [.. forms.Select(form => DataSets.Load("languages", form).Fingerprint)];
        string[] second = [.. forms.Select(form => DataSets.Load("languages", form).Fingerprint)];

        Assert.Equal(first, second);
        Assert.Equal(forms.Length, first.Distinct(StringComparer.Ordinal).Count());
        Assert.All(first, fingerprint => Assert.Equal(16, fingerprint.Length));
    }

    private static void AssertStandardized(DataSet data)
    {
        ReadOnlySpan<float> inputs = data.Train.Inputs.Span;
        double mean = 0;
        double square = 0;
        foreach (float value in inputs)
        {
            mean += (double)value / inputs.Length;
            square += (double)value * value / inputs.Length;
        }
        Assert.Equal(0, mean, 1e-5);
        Assert.Equal(1, square, 1e-5);
    }

    private static void AssertNoLeak(DataSet data)
    {
        HashSet<string> seen = [.. Rows(data.Train, data.InputSize)];
        Assert.DoesNotContain(Rows(data.Test, data.InputSize), seen.Contains);
    }

    private static IEnumerable<string> Rows(Examples part, int width)
    {
        for (int i = 0; i < part.Count; i++)
        {
            yield return Convert.ToBase64String(
                part.Tokens.IsEmpty
                    ? MemoryMarshal.AsBytes(part.Inputs.Span.Slice(i * width, width))
                    : MemoryMarshal.AsBytes(part.Tokens.Span.Slice(i * width, width))
            );
        }
    }
}
