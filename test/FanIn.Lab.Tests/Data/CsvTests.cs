using System.Globalization;
using CsCheck;

namespace FanIn.Lab.Tests;

public sealed class CsvTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Numbers_and_text_labels_after_a_header_become_standardized_vectors()
    {
        string path = _folder.Write(
            "iris.csv",
            "\uFEFFlength, width ,\"constant\",kind\r\n"
                + "1.5,-2e1,7,setosa\r\n2.5,0,7,\"virginica, \"\"big\"\"\"\r\n\r\n3.5, 20 ,7,setosa\r\n"
                + "4.5,1,7,\"virginica, \"\"big\"\"\" \n0.25,1,7,setosa"
        );

        DataSet data = DataSets.Load(path);

        Assert.Equal("iris.csv", data.Name);
        Assert.Equal(InputKind.Vector, data.Kind);
        Assert.Equal([3], data.InputShape);
        Assert.Equal(["setosa", "virginica, \"big\""], data.Classes);
        // The second of the rows laid out by class is held out: the row of 3.5.
        Assert.Equal([0, 1, 1, 0], data.Train.Labels.ToArray());
        Assert.Equal([0], data.Test.Labels.ToArray());
        double mean = (1.5 + 2.5 + 4.5 + 0.25) / 4;
        double std = Math.Sqrt(((double[])[1.5, 2.5, 4.5, 0.25]).Sum(value => (value - mean) * (value - mean)) / 4);
        Assert.Equal((1.5 - mean) / std, data.Train.Inputs.Span[0], 1e-6);
        Assert.Equal((3.5 - mean) / std, data.Test.Inputs.Span[0], 1e-6);
        Assert.Equal(0, data.Train.Inputs.Span[2]);
        Assert.Equal(0, data.Test.Inputs.Span[2]);
        Assert.Equal(Math.Log(2), data.ClassPriorEntropy, 1e-12);
    }

    [Fact]
    public void Whole_numbers_are_classes_in_the_order_of_numbers_and_gzip_is_unpacked()
    {
        string rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{i * i},{(i % 4 * 5) - 5}\n"));
        string path = _folder.Write("squares.csv.gz", TemporaryFolder.GZip(System.Text.Encoding.UTF8.GetBytes(rows)));

        DataSet data = DataSets.Load(path);

        Assert.Equal(["-5", "0", "5", "10"], data.Classes);
        Assert.Equal((32, 8), (data.Train.Count, data.Test.Count));
        Assert.Equal([2, 2, 2, 2], data.Test.Labels.ToArray().CountBy(label => label).Select(pair => pair.Value));
    }

    [Fact]
    public void Equal_rows_stay_on_one_side()
    {
        string rows = string.Concat(Enumerable.Range(0, 300).Select(i => $"{i % 30},{i % 7 % 2},{i % 30 % 2}\n"));
        DataSet data = DataSets.Load(_folder.Write("twins.csv", rows));

        HashSet<(float, float)> seen = [.. Pairs(data.Train)];
        Assert.DoesNotContain(Pairs(data.Test), seen.Contains);
        Assert.Equal(300, data.Train.Count + data.Test.Count);
    }

    [Theory]
    [InlineData("", "'{0}' is empty: no row with numbers and a class was found.")]
    [InlineData("a,b,c\n", "'{0}' has a header but no rows.")]
    [InlineData(
        "a,y\n1,0.37\n2,1.5\n3,-2\n4,1.5\n",
        "The last column of '{0}' must be a class, but it holds 3 different numbers in 4 rows, such as '0.37'."
    )]
    [InlineData(
        "1\n2\n",
        "Line 1 of '{0}' has one column; expected numbers and, last, the class, separated by commas."
    )]
    [InlineData("a,b,c\n1,2,x\n1,2\n", "Line 3 of '{0}' has 2 columns; the first line has 3.")]
    [InlineData("1,2,x\n1,2,3,x\n", "Line 2 of '{0}' has 4 columns; the first line has 3.")]
    [InlineData("1,2,x\n1,two,x\n", "Line 2, column 2 of '{0}' is 'two'; expected a finite number.")]
    [InlineData("1,2,x\n1,,x\n", "Line 2, column 2 of '{0}' is ''; expected a finite number.")]
    [InlineData("1,2,x\n1,NaN,x\n", "Line 2, column 2 of '{0}' is 'NaN'; expected a finite number.")]
    [InlineData("1,2,x\n-Infinity,2,x\n", "Line 2, column 1 of '{0}' is '-Infinity'; expected a finite number.")]
    [InlineData("1,2,x\n1,1e99,x\n", "Line 2, column 2 of '{0}' is '1e99'; expected a finite number.")]
    [InlineData("1,2,x\n1,2,\n", "Line 2 of '{0}' has no class in its last column.")]
    [InlineData("1,2,x\n1,2,\"x\n", "Line 2 of '{0}' has a quoted field that doesn't end with a quote and a comma.")]
    [InlineData("1,2,x\n1,\"2\"2,x\n", "Line 2 of '{0}' has a quoted field that doesn't end with a quote and a comma.")]
    [InlineData("1,2,x\n3,4,x\n", "'{0}' has one class only, 'x'; a classifier needs at least two.")]
    [InlineData(
        "1,2,x\n3,4,y\n",
        "The class 'y' of '{0}' has 1 example(s), and none is left for training when the test part is held out; "
            + "every class needs a few that differ."
    )]
    [InlineData("1,2,x\n1,2,y\n", "All examples of '{0}' are equal, so none can be held out for testing.")]
    public void A_wrong_table_is_refused_with_line_and_column(string text, string expected)
    {
        string path = _folder.Write("wrong.csv", text);

        string message = Assert.Throws<DataFormatException>(() => DataSets.Load(path)).Message;

        Assert.Equal(string.Format(expected, path), message);
    }

    [Fact]
    public void Rounded_targets_of_a_regression_are_no_classes()
    {
        string rows = string.Concat(Enumerable.Range(0, 300).Select(i => $"{i},{i % 30}.5\n"));
        string path = _folder.Write("rounded.csv", rows);

        Assert.Equal(
            $"The last column of '{path}' must be a class, but it holds 30 different numbers in 300 rows, such as '0.5'.",
            Refusal(path)
        );

        string grades = rows.Replace(".5\n", "\n", StringComparison.Ordinal);
        Assert.Equal(30, DataSets.Load(_folder.Write("grades.csv", grades)).Classes.Count);
    }

    [Fact]
    public void A_cut_off_gzip_table_is_refused_with_the_bytes_that_could_be_unpacked()
    {
        string rows = string.Concat(Enumerable.Range(0, 400).Select(i => $"{i},{i * 7919 % 1000},{i % 2}\n"));
        byte[] packed = TemporaryFolder.GZip(System.Text.Encoding.UTF8.GetBytes(rows));
        for (int length = 0; length < packed.Length; length += 13)
        {
            string path = _folder.Write("cut.csv.gz", packed[..length]);
            string message = Refusal(path);
            if (length < 18)
            {
                Assert.StartsWith($"'{path}' isn't a gzip file", message, StringComparison.Ordinal);
                continue;
            }
            string start = $"'{path}' is cut off or damaged, or has several gzip members: ";
            Assert.StartsWith(start, message, StringComparison.Ordinal);
            int count = int.Parse(message[start.Length..].Split(' ')[0], CultureInfo.InvariantCulture);
            Assert.InRange(count, 0, rows.Length);
        }
    }

    [Fact]
    public void A_damaged_gzip_table_is_refused()
    {
        string rows = string.Concat(Enumerable.Range(0, 400).Select(i => $"{i},{i * 7919 % 1000},{i % 2}\n"));
        byte[] packed = TemporaryFolder.GZip(System.Text.Encoding.UTF8.GetBytes(rows));
        // The checksum of RFC 1952 stands eight bytes before the end.
        packed[^8] ^= 1;
        string path = _folder.Write("damaged.csv.gz", packed);

        string message = Refusal(path);

        Assert.StartsWith($"'{path}' is damaged: ", message, StringComparison.Ordinal);
        Assert.Contains(" bytes could be unpacked, then", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_bomb_is_left_at_the_limit()
    {
        byte[] packed = TemporaryFolder.GZip(new byte[1 << 24]);
        BitConverter.TryWriteBytes(packed.AsSpan(packed.Length - 4), 100);
        var source = DataSource.File(_folder.Write("bomb.csv.gz", packed));
        long before = GC.GetAllocatedBytesForCurrentThread();

        string message = Assert.Throws<DataFormatException>(() => source.ReadAll(1000)).Message;

        Assert.Equal($"'{source.Name}' holds more than 1000 bytes, the most that can be read.", message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000);
    }

    [Fact]
    public void Any_text_is_read_or_refused_in_one_sentence()
    {
        string[] pieces =
        [
            "1",
            "-2.5",
            "1e3",
            ",",
            ",",
            ",",
            "\n",
            "\n",
            "\"",
            "\"\"",
            " ",
            "a",
            "é",
            "\r",
            "NaN",
            "1e40",
        ];
        Gen.Int[0, pieces.Length - 1]
            .Array[0, 40]
            .Sample(
                choice =>
                {
                    string path = _folder.Write("any.csv", string.Concat(choice.Select(i => pieces[i])));
                    try
                    {
                        DataSet data = DataSets.Load(path);
                        return data.Train.Count > 0 && data.Test.Count > 0;
                    }
                    catch (DataFormatException exception)
                    {
                        return exception.Message.Contains("any.csv", StringComparison.Ordinal);
                    }
                },
                seed: "0000000000003",
                iter: 1000,
                threads: 1
            );
    }

    public void Dispose() => _folder.Dispose();

    private static string Refusal(string path) => Assert.Throws<DataFormatException>(() => DataSets.Load(path)).Message;

    private static IEnumerable<(float, float)> Pairs(Examples part)
    {
        for (int i = 0; i < part.Count; i++)
        {
            yield return (part.Inputs.Span[2 * i], part.Inputs.Span[2 * i + 1]);
        }
    }
}
