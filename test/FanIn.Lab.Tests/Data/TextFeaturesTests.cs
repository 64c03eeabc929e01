namespace FanIn.Lab.Tests;

public sealed class TextFeaturesTests
{
    // Training texts "ab", "ba", "bb" and the held-out text "Bac".
    private static readonly string[] Texts = ["AB", "ba", "bb", "Bac"];
    private static readonly int[][] Points = [.. Texts.Select(TextFeatures.CodePoints)];
    private static readonly LabelledData Labelled = new(["x", "y"], [0, 1, 1, 0], new Split([0, 1, 2], [3]));

    [Fact]
    public void A_bag_is_tf_idf_of_the_grams_of_the_training_part()
    {
        DataSet data = TextFeatures.Bag("toy", Labelled, Points);

        // By number of texts, then unigrams before bigrams, then in the order of characters: b, a, ab, ba, bb.
        Assert.Equal([5], data.InputShape);
        double b = Math.Log(4 / 4.0) + 1;
        double a = Math.Log(4 / 3.0) + 1;
        double pair = Math.Log(4 / 2.0) + 1;
        AssertRow([b, a, pair, 0, 0], data.Train.Inputs.Span[..5]);
        AssertRow([b, a, 0, pair, 0], data.Train.Inputs.Span[5..10]);
        AssertRow([2 * b, 0, 0, 0, pair], data.Train.Inputs.Span[10..]);
        AssertRow([b, a, 0, pair, 0], data.Test.Inputs.Span);
    }

    [Fact]
    public void Tokens_are_characters_of_the_training_part_padded_with_0_and_unknown_1()
    {
        DataSet data = TextFeatures.Tokens("toy", Labelled, Points, length: 4);

        Assert.Equal(4, data.VocabularySize);
        Assert.Equal([3, 2, 0, 0, 2, 3, 0, 0, 2, 2, 0, 0], data.Train.Tokens.ToArray());
        Assert.Equal([2, 3, 1, 0], data.Test.Tokens.ToArray());
    }

    [Fact]
    public void Tokens_are_as_long_as_the_longest_training_text_and_cut_off_after()
    {
        DataSet data = TextFeatures.Tokens("toy", Labelled, Points, length: null);

        Assert.Equal([2], data.InputShape);
        Assert.Equal([2, 3], data.Test.Tokens.ToArray());
    }

    [Fact]
    public void A_text_without_a_known_gram_is_a_row_of_zeros()
    {
        DataSet data = TextFeatures.Bag("toy", Labelled, [Points[0], Points[1], Points[2], [0x1F600]]);

        Assert.All(data.Test.Inputs.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Code_points_are_lower_case_whole_and_limited()
    {
        Assert.Equal(['é', 0x1F600, 0xFFFD], TextFeatures.CodePoints("É😀\uD800"));
        Assert.Equal(TextFeatures.LongestText, TextFeatures.CodePoints(new string('a', 5000)).Length);
    }

    private static void AssertRow(double[] expected, ReadOnlySpan<float> row)
    {
        double scale = Math.Sqrt(expected.Length / expected.Sum(value => value * value));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i] * scale, row[i], 1e-6);
        }
    }
}
