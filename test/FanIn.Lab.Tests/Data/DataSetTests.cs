namespace FanIn.Lab.Tests;

public sealed class DataSetTests
{
    private static readonly string[] TwoClasses = ["no", "yes"];

    [Fact]
    public void Own_arrays_make_a_data_set()
    {
        DataSet data = Vectors([1, 2, 3, 4, 5, 6], [0, 1, 1], [7, 8], [0]);

        Assert.Equal(2, data.InputSize);
        Assert.Equal((3, 1), (data.Train.Count, data.Test.Count));
        Assert.Equal(-(Math.Log(1 / 3.0) / 3 + Math.Log(2 / 3.0) * 2 / 3), data.ClassPriorEntropy, 1e-15);
    }

    [Fact]
    public void A_class_without_training_examples_adds_nothing_to_the_entropy() =>
        Assert.Equal(0, Vectors([1, 2], [1], [], []).ClassPriorEntropy);

    [Fact]
    public void Standardizing_looks_at_the_training_part_alone()
    {
        // 0.1 thrice has a rounded mean that differs from it: constancy isn't read off the deviation.
        DataSet data = Vectors([1, 0.1f, 3, 0.1f, 8, 0.1f], [0, 1, 1], [100, 5], [0]).Standardized();

        double std = Math.Sqrt((9 + 1 + 16) / 3.0);
        float[] expected = [(float)(-3 / std), 0, (float)(-1 / std), 0, (float)(4 / std), 0];
        Assert.Equal(expected, data.Train.Inputs.ToArray());
        Assert.Equal([(float)(96 / std), 0], data.Test.Inputs.ToArray());
    }

    [Fact]
    public void Standardizing_an_image_uses_one_mean_and_one_deviation()
    {
        var train = new Examples(new float[] { 0, 0, 0, 4, 0, 0, 4, 8 }, new[] { 0, 1 });
        DataSet data = new DataSet("two", InputKind.Image, [1, 2, 2], TwoClasses, train, train).Standardized();

        double std = Math.Sqrt((5 * 4 + 2 * 4 + 36) / 8.0);
        Assert.Equal((float)(-2 / std), data.Train.Inputs.Span[0]);
        Assert.Equal((float)(6 / std), data.Train.Inputs.Span[7]);
    }

    [Fact]
    public void Standardizing_stays_finite_whatever_the_test_part_holds()
    {
        DataSet data = Vectors([0, 0, 1e-38f, 1], [0, 1], [float.MaxValue, 2], [0]).Standardized();

        Assert.Equal(float.MaxValue, data.Test.Inputs.Span[0]);
    }

    [Fact]
    public void The_fingerprint_tells_inputs_labels_shape_and_classes_apart()
    {
        DataSet data = Vectors([1, 2, 3, 4], [0, 1], [], []);
        string[] fingerprints =
        [
            data.Fingerprint,
            Vectors([1, 2, 3, 5], [0, 1], [], []).Fingerprint,
            Vectors([1, 2, 3, 4], [1, 1], [], []).Fingerprint,
            Vectors([1, 2], [0], [3, 4], [1]).Fingerprint,
            new DataSet("own", InputKind.Image, [2, 1, 1], TwoClasses, data.Train, data.Test).Fingerprint,
            new DataSet("own", InputKind.Vector, [2], ["no", "maybe"], data.Train, data.Test).Fingerprint,
        ];

        Assert.Equal(fingerprints.Length, fingerprints.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(data.Fingerprint, Vectors([1, 2, 3, 4], [0, 1], [], []).Fingerprint);
    }

    [Fact]
    public void Arrays_that_disagree_are_refused()
    {
        Assert.Throws<ArgumentException>("train", () => Vectors([1, 2, 3], [0, 1], [], []));
        Assert.Throws<ArgumentException>("train", () => Vectors([1, 2], [2], [], []));
        Assert.Throws<ArgumentException>("train", () => Vectors([1, float.NaN], [0], [], []));
        Assert.Throws<ArgumentException>("train", () => Vectors([], [], [1, 2], [0]));
        Assert.Throws<ArgumentException>("test", () => Vectors([1, 2], [0], [1, 2], [-1]));
        Assert.Throws<ArgumentException>("classes", () => new DataSet("x", InputKind.Vector, [1], ["a"], One(), One()));
        Assert.Throws<ArgumentException>(
            "inputShape",
            () => new DataSet("x", InputKind.Image, [1], TwoClasses, One(), One())
        );
        Assert.Throws<ArgumentException>(
            "vocabularySize",
            () => new DataSet("x", InputKind.Vector, [1], TwoClasses, One(), One(), 5)
        );
        var tokens = new Examples(new[] { 3 }, new[] { 0 });
        Assert.Throws<ArgumentException>(
            "train",
            () => new DataSet("x", InputKind.Tokens, [1], TwoClasses, tokens, tokens, 3)
        );
        Assert.Throws<ArgumentException>(
            "train",
            () => new DataSet("x", InputKind.Tokens, [1], TwoClasses, One(), One(), 3)
        );
        Assert.Equal(4, new DataSet("x", InputKind.Tokens, [1], TwoClasses, tokens, tokens, 4).VocabularySize);
    }

    [Fact]
    public void Wrong_names_and_options_are_refused_in_one_sentence()
    {
        Assert.Equal(
            "There is no data set 'digit'; known are digits, fashion14, names, languages, fashion-mnist, spam-assassin, "
                + "a CSV file that ends in .csv or .csv.gz, and a folder of class folders.",
            Refusal("digit")
        );
        Assert.Equal("There is no file or folder './none'.", Refusal("./none"));
        Assert.Equal("There is no file 'none.csv'.", Refusal("none.csv"));
        Assert.Equal(
            "'digits' doesn't read a data folder; fashion-mnist and spam-assassin do.",
            Refusal("digits", new DataOptions { Folder = "." })
        );
        Assert.Equal(
            "'digits' holds no texts, so they can't become a bag or tokens.",
            Refusal("digits", new DataOptions { Text = TextForm.Tokens })
        );
        Assert.Equal(
            "'names' has no images, so they can't be pooled to 7x7.",
            Refusal("names", new DataOptions { ImageSide = 7 })
        );
        Assert.Equal(
            "The images of 'digits' are 8x8 and can't be mean-pooled to 7x7: they must be square, and the new side must "
                + "divide the old one.",
            Refusal("digits", new DataOptions { ImageSide = 7 })
        );
        Assert.Contains("to 0x0", Refusal("digits", new DataOptions { ImageSide = 0 }), StringComparison.Ordinal);
        Assert.Equal(
            "A text can't be 0 tokens long; 1 to 4096 can.",
            Refusal("names", new DataOptions { Text = TextForm.Tokens, TextLength = 0 })
        );
    }

    [Fact]
    public void Every_name_of_the_catalogue_is_known() =>
        Assert.All(
            DataSets.Names,
            name =>
            {
                Exception? exception = Record.Exception(() => DataSets.Load(name, new DataOptions { ImageSide = -1 }));
                Assert.DoesNotContain("There is no data set", exception?.Message, StringComparison.Ordinal);
                Assert.IsType<DataFormatException>(exception);
            }
        );

    private static string Refusal(string name, DataOptions? options = null) =>
        Assert.Throws<DataFormatException>(() => DataSets.Load(name, options)).Message;

    private static Examples One() => new(new float[] { 1 }, new[] { 0 });

    private static DataSet Vectors(float[] train, int[] trainLabels, float[] test, int[] testLabels) =>
        new("own", InputKind.Vector, [2], TwoClasses, new Examples(train, trainLabels), new Examples(test, testLabels));
}
