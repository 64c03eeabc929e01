namespace FanIn.Checkpoints;

/// <summary>What a tensor's rows have in common: rows of zeros, copies, and parts of rows or columns that come again.</summary>
internal sealed class RowLedger
{
    private const long MostRows = 1 << 24;

    /// <summary>Shorter rows may have equal sums by chance, in bfloat16 above all.</summary>
    private const long LeastColumns = 32;

    private const int MostParts = 64;
    private const int ComparedRows = 8;

    private readonly long? _padding;
    private readonly ulong[] _keys;
    private readonly List<int> _columnParts;
    private int _compared;

    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">Their length.</param>
    /// <param name="padding">A row that is 0 by design, or null.</param>
    public RowLedger(long rows, long columns, long? padding)
    {
        _padding = padding;
        _keys = rows is > 1 and <= MostRows && columns >= LeastColumns ? new ulong[rows] : [];
        _columnParts =
        [
            .. Enumerable.Range(2, MostParts - 1).Where(p => columns % p == 0 && columns / p >= LeastColumns),
        ];
    }

    /// <summary>Rows of zeros, but for the padding's.</summary>
    public long ZeroRows { get; private set; }

    /// <summary>The first of them.</summary>
    public long FirstZeroRow { get; private set; } = -1;

    public void Add(long row, ReadOnlySpan<float> values, in ValueSums sums)
    {
        bool isZero = sums is { IsConstant: true, Most: 0 };
        if (isZero && row != _padding)
        {
            FirstZeroRow = ZeroRows++ == 0 ? row : FirstZeroRow;
        }
        if (_keys.Length > 0 && !isZero)
        {
            // Equal rows have equal sums, and others practically never.
            _keys[row] =
                (BitConverter.DoubleToUInt64Bits(sums.Mean) * 0x9E3779B97F4A7C15)
                ^ BitConverter.DoubleToUInt64Bits(sums.MeanSquare);
        }
        if (_compared < ComparedRows && _columnParts.Count > 0 && !sums.IsConstant)
        {
            _compared++;
            for (int i = _columnParts.Count - 1; i >= 0; i--)
            {
                int width = values.Length / _columnParts[i];
                if (!values[..^width].SequenceEqual(values[width..]))
                {
                    _columnParts.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>The smallest parts that the tensor is made of again and again; null where there are none.</summary>
    public (bool IsRows, int Parts)? Repetition()
    {
        for (int parts = MostParts; parts > 1; parts--)
        {
            if (_keys.Length % parts == 0 && _keys.Length / parts > 1 && IsRepeated(_keys.Length / parts))
            {
                return (true, parts);
            }
        }
        return _compared > 0 && _columnParts.Count > 0 ? (false, _columnParts[^1]) : null;
    }

    /// <summary>Rows that are equal to an earlier one.</summary>
    public long Copies()
    {
        var seen = new HashSet<ulong>();
        long copies = 0;
        foreach (ulong key in _keys)
        {
            copies += key != 0 && !seen.Add(key) ? 1 : 0;
        }
        return copies;
    }

    private bool IsRepeated(int period)
    {
        int equal = 0;
        for (int r = period; r < _keys.Length; r++)
        {
            (ulong one, ulong other) = (_keys[r - period], _keys[r]);
            if (one == other)
            {
                equal += one == 0 ? 0 : 1;
            }
            else if (r != _padding && r - period != _padding)
            {
                return false;
            }
        }
        return equal > (_keys.Length - period) / 2;
    }
}
