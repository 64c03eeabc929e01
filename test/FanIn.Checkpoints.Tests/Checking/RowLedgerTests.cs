namespace FanIn.Checkpoints.Tests;

/// <summary>Rows and parts are called equal where they are, and nowhere else, however few values they are made of.</summary>
public sealed class RowLedgerTests
{
    private const string Name = "weight";

    private const string Llama =
        """{"model_type": "llama", "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 32}""";

    /// <summary>Rows that are longer are read in pieces.</summary>
    private const int Wide = (1 << 18) + (64 * 3);

    /// <summary>Rows of -s, 0 and s, or of -s and s, have few sums of squares, but practically never the same values.</summary>
    [Theory]
    [InlineData(2560, 2560, 3)]
    [InlineData(256, 64, 2)]
    [InlineData(4096, 256, 2)]
    public void RowsOfTwoOrThreeValuesArentCopies(int rows, int columns, int values)
    {
        var random = new Random(1);
        float[] weights =
        [
            .. Enumerable.Range(0, rows * columns).Select(_ => 0.05f * (random.Next(values) - ((values - 1) / 2f))),
        ];
        Assert.Empty(Findings(weights, rows, columns));

        // One of them is.
        weights.AsSpan(5 * columns, columns).CopyTo(weights.AsSpan((rows - 3) * columns));
        Expect(weights, rows, columns, $"1 of its {rows} rows are copies of others");
    }

    /// <summary>Sylvester's: its first rows have a short period, and its later ones none.</summary>
    [Fact]
    public void AHadamardMatrixHasNoEqualParts()
    {
        float[] weights =
        [
            .. Enumerable
                .Range(0, 256 * 256)
                .Select(i => int.PopCount((i / 256) & (i % 256)) % 2 == 0 ? 0.0625f : -0.0625f),
        ];
        Assert.Empty(Findings(weights, 256, 256));
    }

    [Theory]
    [InlineData(64, 1000, false)]
    [InlineData(4, Wide, false)]
    [InlineData(5, Wide, true)]
    public void WhatIsEqualIsFound(int rows, int columns, bool isHalf)
    {
        SafetensorsType type = isHalf ? SafetensorsType.BF16 : SafetensorsType.F32;
        float[] drawn = Drawn(rows * columns);
        Assert.Empty(Findings(drawn, rows, columns, type));

        float[] copies = [.. drawn];
        copies.AsSpan(columns, columns).CopyTo(copies.AsSpan(3 * columns));
        Expect(copies, rows, columns, $"1 of its {rows} rows are copies of others", type);

        float[] halves = [.. drawn];
        for (int r = 0; r < rows; r++)
        {
            Span<float> row = halves.AsSpan(r * columns, columns);
            row[..(columns / 2)].CopyTo(row[(columns / 2)..]);
        }
        Expect(halves, rows, columns, $"its 2 parts of {columns / 2} columns have the same values", type);

        // All rows but the last one.
        halves[^1] += 1;
        Assert.Empty(Findings(halves, rows, columns, type));
    }

    [Fact]
    public void PartsOfLongRowsAreFound()
    {
        float[] values = Drawn(4 * Wide);
        values.AsSpan(0, 2 * Wide).CopyTo(values.AsSpan(2 * Wide));
        Expect(values, 4, Wide, "its 2 parts of 2 rows have the same values");
    }

    /// <summary>In rows as a whole and in rows by pieces, of either zero; a padding's row is 0 by design.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void RowsOfZerosAreCounted(int groups)
    {
        var ledger = new RowLedger(5, 64, groups, padding: 1);
        for (int r = 0; r < 5; r++)
        {
            float[] row = new float[64];
            row[63] = r is 0 or 3 ? 1 : -0f;
            for (int group = 0; group < groups; group++)
            {
                ledger.Add(row.AsSpan(group * 64 / groups, 64 / groups), group);
            }
            ledger.End(r);
        }
        Assert.Equal((2, 2), (ledger.ZeroRows, ledger.FirstZeroRow));
        Assert.Equal((1, null), (ledger.Copies(), ledger.Repetition()));
    }

    /// <summary>Every place counts, and the length.</summary>
    [Fact]
    public void AHashTellsEveryPlace()
    {
        var seen = new HashSet<ulong>();
        for (int length = 1; length < 40; length++)
        {
            float[] values = new float[length];
            Assert.True(seen.Add(RowHash.Of(values, 0)));
            for (int i = 0; i < length; i++)
            {
                values[i] = 1;
                Assert.True(seen.Add(RowHash.Of(values, 0)));
                values[i] = 0;
            }
            Assert.NotEqual(RowHash.Of(values, 0), RowHash.Of(values, 1));
            Assert.Equal(RowHash.Of(values, 7), RowHash.Of([.. values], 7));
        }
    }

    private static float[] Drawn(int count)
    {
        var random = new Random(2);
        return [.. Enumerable.Range(0, count).Select(_ => (float)DraftCheckpoint.Normal(random))];
    }

    private static void Expect(
        float[] values,
        int rows,
        int columns,
        string message,
        SafetensorsType type = SafetensorsType.F32
    ) => Assert.Contains(message, Assert.Single(Findings(values, rows, columns, type)), StringComparison.Ordinal);

    private static IEnumerable<string> Findings(
        float[] values,
        int rows,
        int columns,
        SafetensorsType type = SafetensorsType.F32
    )
    {
        DraftCheckpoint draft = new(Llama) { Type = type };
        foreach (string name in draft.Names.ToArray())
        {
            draft.Remove(name);
        }
        return draft
            .Add(Name, [rows, columns], values)
            .Check(withConfig: false)
            .Findings.Select(finding => finding.Message);
    }
}
