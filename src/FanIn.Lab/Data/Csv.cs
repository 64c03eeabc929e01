using System.Globalization;
using System.Text;

namespace FanIn.Lab;

/// <summary>
/// A table of numbers whose last column names the class: comma-separated UTF-8, one row a line, numbers with a decimal
/// point, fields in double quotes where they hold a comma. The first line is a header if none of its features is a number.
/// </summary>
/// <param name="Columns">Numbers in a row.</param>
/// <param name="Values">Row-major, [rows, columns].</param>
/// <param name="Labels">The class name of each row.</param>
internal sealed record Csv(int Columns, float[] Values, IReadOnlyList<string> Labels)
{
    private const long Limit = 1 << 28;

    public static Csv Read(DataSource source)
    {
        byte[] bytes = source.ReadAll(Limit);
        ReadOnlySpan<byte> rest = bytes;
        if (rest.StartsWith(Encoding.UTF8.Preamble))
        {
            rest = rest[Encoding.UTF8.Preamble.Length..];
        }
        var values = new List<float>();
        var labels = new List<string>();
        var fields = new List<string>();
        int columns = 0;
        for (int line = 1; !rest.IsEmpty; line++)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> row = (end < 0 ? rest : rest[..end]).TrimEnd((byte)'\r');
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (row.Trim((byte)' ').IsEmpty)
            {
                continue;
            }
            SplitFields(source.Name, line, row, fields);
            if (columns == 0)
            {
                columns = fields.Count;
                if (columns < 2)
                {
                    throw new DataFormatException(
                        $"Line {line} of '{source.Name}' has one column; expected numbers and, last, the class, "
                            + "separated by commas."
                    );
                }
                if (!fields.Take(columns - 1).Any(field => TryParse(field, out _)))
                {
                    continue;
                }
            }
            if (fields.Count != columns)
            {
                throw new DataFormatException(
                    $"Line {line} of '{source.Name}' has {fields.Count} columns; the first line has {columns}."
                );
            }
            AddRow(source.Name, line, fields, values, labels);
        }
        return labels.Count > 0
            ? new Csv(columns - 1, [.. values], labels)
            : throw new DataFormatException(
                columns > 0
                    ? $"'{source.Name}' has a header but no rows."
                    : $"'{source.Name}' is empty: no row with numbers and a class was found."
            );
    }

    public DataSet ToDataSet(string source, string name, InputKind kind, IReadOnlyList<int> shape)
    {
        RequireClasses(source);
        var digests = new UInt128[Labels.Count];
        for (int i = 0; i < digests.Length; i++)
        {
            digests[i] = Split.Digest(Values.AsSpan(i * Columns, Columns));
        }
        return LabelledData.Create(source, Labels, digests).ToDataSet(name, kind, shape, Values);
    }

    /// <summary>A target of a regression is no class, and the trouble isn't that one value of it is rare.</summary>
    private void RequireClasses(string source)
    {
        const int ManyFractions = 20;
        string[] distinct = [.. Labels.Distinct(StringComparer.Ordinal)];
        if (distinct.Length <= 2 || !distinct.All(label => TryParse(label, out _)))
        {
            return;
        }
        bool areFractions = distinct.Any(label => TryParse(label, out float value) && !float.IsInteger(value));
        if (2 * distinct.Length > Labels.Count || (areFractions && distinct.Length > ManyFractions))
        {
            throw new DataFormatException(
                $"The last column of '{source}' must be a class, but it holds {distinct.Length} different numbers in "
                    + $"{Labels.Count} rows, such as '{Shorten(distinct[0])}'."
            );
        }
    }

    private static void AddRow(string name, int line, List<string> fields, List<float> values, List<string> labels)
    {
        for (int c = 0; c < fields.Count - 1; c++)
        {
            if (!TryParse(fields[c], out float value) || !float.IsFinite(value))
            {
                throw new DataFormatException(
                    $"Line {line}, column {c + 1} of '{name}' is '{Shorten(fields[c])}'; expected a finite number."
                );
            }
            values.Add(value);
        }
        if (fields[^1].Length == 0)
        {
            throw new DataFormatException($"Line {line} of '{name}' has no class in its last column.");
        }
        labels.Add(fields[^1]);
    }

    private static bool TryParse(string field, out float value) =>
        float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    private static string Shorten(string field) => field.Length <= 40 ? field : field[..40] + "...";

    private static void SplitFields(string name, int line, ReadOnlySpan<byte> row, List<string> fields)
    {
        const byte Quote = (byte)'"';
        fields.Clear();
        while (true)
        {
            ReadOnlySpan<byte> start = row.TrimStart((byte)' ');
            int end;
            if (!start.IsEmpty && start[0] == Quote)
            {
                row = start;
                int close = 1;
                while (close < row.Length && (row[close] != Quote || row[(close + 1)..].StartsWith([Quote])))
                {
                    close += row[close] == Quote ? 2 : 1;
                }
                end = close + 1;
                while (end < row.Length && row[end] == (byte)' ')
                {
                    end++;
                }
                if (close >= row.Length || (end < row.Length && row[end] != (byte)','))
                {
                    throw new DataFormatException(
                        $"Line {line} of '{name}' has a quoted field that doesn't end with a quote and a comma."
                    );
                }
                fields.Add(Encoding.UTF8.GetString(row[1..close]).Replace("\"\"", "\"", StringComparison.Ordinal));
            }
            else
            {
                end = row.IndexOf((byte)',');
                end = end < 0 ? row.Length : end;
                fields.Add(Encoding.UTF8.GetString(row[..end].Trim((byte)' ')));
            }
            if (end == row.Length)
            {
                return;
            }
            row = row[(end + 1)..];
        }
    }
}
