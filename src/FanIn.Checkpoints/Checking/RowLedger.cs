using System.Numerics;

namespace FanIn.Checkpoints;

/// <summary>What a tensor's rows have in common: rows of zeros, copies, and parts of rows or columns that come again.</summary>
internal sealed class RowLedger
{
    private const long MostRows = 1 << 24;

    /// <summary>Shorter rows of few values, such as 0 and 1, may be equal by chance.</summary>
    private const long LeastColumns = 32;

    private const int MostParts = 64;

    private readonly long? _padding;
    private readonly ulong[] _keys;
    private readonly ulong[] _pieces;
    private readonly List<int> _columnParts;
    private readonly long _rows;
    private long _compared;
    private float _first;
    private bool _isBegun;
    private bool _isZero;
    private bool _isConstant;

    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">Their length.</param>
    /// <param name="groups">In how many groups of columns a row is added; 1 where it is added as a whole.</param>
    /// <param name="padding">A row that is 0 by design, or null.</param>
    public RowLedger(long rows, long columns, int groups, long? padding)
    {
        (_rows, _padding) = (rows, padding);
        _keys = rows is > 1 and <= MostRows && columns >= LeastColumns ? new ulong[rows] : [];
        _pieces = new ulong[groups];
        _columnParts =
        [
            .. Enumerable
                .Range(2, MostParts - 1)
                .Where(parts =>
                    columns % parts == 0
                    && columns / parts >= LeastColumns
                    && (groups == 1 || (columns % groups == 0 && groups % parts == 0))
                ),
        ];
    }

    /// <summary>Rows of zeros, but for the padding's.</summary>
    public long ZeroRows { get; private set; }

    /// <summary>The first of them.</summary>
    public long FirstZeroRow { get; private set; } = -1;

    /// <summary>Adds the next piece of a row, or the row as a whole.</summary>
    public void Add(ReadOnlySpan<float> values, int group)
    {
        if (!_isBegun)
        {
            (_isBegun, _isZero, _isConstant, _first) = (true, true, true, values[0]);
            Array.Clear(_pieces);
        }
        _isZero = _isZero && !values.ContainsAnyExcept(0);
        _isConstant = _isConstant && !values.ContainsAnyExcept(_first);
        if (_keys.Length > 0 || (_pieces.Length > 1 && _columnParts.Count > 0))
        {
            _pieces[group] = RowHash.Of(values, _pieces[group]);
        }
        if (_pieces.Length == 1 && !_isConstant)
        {
            // Rows of independent values leave no candidate, the first of them.
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

    /// <summary>Ends a row of which all pieces were added.</summary>
    public void End(long row)
    {
        _isBegun = false;
        if (_isZero && row != _padding)
        {
            FirstZeroRow = ZeroRows++ == 0 ? row : FirstZeroRow;
        }
        if (_keys.Length > 0 && !_isZero)
        {
            _keys[row] = _pieces.Length == 1 ? _pieces[0] : KeyOfPieces();
        }
        if (!_isConstant)
        {
            _compared++;
            if (_pieces.Length > 1)
            {
                _columnParts.RemoveAll(parts =>
                    !_pieces.AsSpan(_pieces.Length / parts).SequenceEqual(_pieces.AsSpan()[..^(_pieces.Length / parts)])
                );
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
        return _compared > _rows / 2 && _columnParts.Count > 0 ? (false, _columnParts[^1]) : null;
    }

    /// <summary>Rows that are equal to an earlier one.</summary>
    public long Copies()
    {
        ulong[] sorted = [.. _keys];
        Array.Sort(sorted);
        long copies = 0;
        for (int i = 1; i < sorted.Length; i++)
        {
            copies += sorted[i] != 0 && sorted[i] == sorted[i - 1] ? 1 : 0;
        }
        return copies;
    }

    private ulong KeyOfPieces()
    {
        ulong key = 0;
        foreach (ulong piece in _pieces)
        {
            key = (BitOperations.RotateLeft(key, 27) * 0x9E3779B185EBCA87) + piece;
        }
        return key;
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
