using System.Collections.Immutable;
using static System.Math;

namespace FanIn;

/// <summary>Sums, in which what comes from one node counts once, and lists.</summary>
internal sealed partial class ForwardPass
{
    private SignalState Multiply(int index, int input, double factor)
    {
        _terms[index] = _terms[input].ToDictionary(term => term.Key, term => factor * term.Value);
        SignalState state = _states[input].Scaled(factor * factor);
        return state with { Mean = factor * _states[input].Mean };
    }

    private SignalState Add(int index, SignalNode node, ImmutableArray<double> weights)
    {
        Dictionary<int, double> terms = [];
        for (int i = 0; i < node.Inputs.Length; i++)
        {
            double weight = weights.IsDefaultOrEmpty ? 1.0 : weights[i];
            foreach ((int term, double factor) in _terms[node.Inputs[i]])
            {
                terms[term] = terms.GetValueOrDefault(term) + (weight * factor);
            }
        }
        _terms[index] = terms;
        SignalState[] inputs = [.. node.Inputs.Select(input => _states[input])];
        SignalState largest = inputs.MaxBy(state => (double)state.Positions * state.Examples)!;
        var products = (Same: 0.0, Positions: 0.0, Examples: 0.0, Mean: 0.0);
        Dictionary<int, double> shares = [];
        foreach ((int a, double first) in terms)
        {
            products.Mean += first * _states[a].Mean;
            foreach ((int b, double second) in terms)
            {
                (double same, double position, double example) = Products(a, b);
                double weight = first * second;
                products.Same += weight * same;
                products.Positions += weight * position;
                products.Examples += weight * example;
                shares[a] = shares.GetValueOrDefault(a) + (weight * same);
            }
        }
        double q = Clamp(products.Same, 0.0, SignalState.Most);
        foreach (int term in terms.Keys)
        {
            shares[term] = SignalState.Share(shares[term], q);
        }
        SignalState sum = largest with
        {
            MeanSquare = q,
            Mean = products.Mean,
            PositionProduct = products.Positions,
            ExampleProduct = products.Examples,
        };
        return Composed(
            sum,
            [.. terms.Keys.Select(term => (_states[term], shares[term]))],
            isGradient: false,
            Fluctuation
        );
    }

    /// <summary>What fluctuates in a sum: each part with its share, and the products of the parts.</summary>
    public static SignalState Composed(
        SignalState sum,
        IReadOnlyList<(SignalState State, double Share)> parts,
        bool isGradient,
        Fluctuation fluctuation
    )
    {
        Fluctuation.Response response = Fluctuation.Response.None;
        var (shift, root, alignment) = (0.0, 0.0, 0.0);
        var (share2, squares) = (0.0, 0.0);
        Members? members = parts[0].State.Members is null ? null : Members.Still(sum.Examples);
        foreach ((SignalState state, double share) in parts)
        {
            response = response.Plus(state.Response.Times(share));
            shift += share * state.Shift;
            root += Abs(share) * Sqrt(state.CosineVariance);
            alignment += share * state.Alignment;
            share2 += share * share;
            members = state.Members is null ? null : members?.Plus(state.Members.Times(share));
        }
        // Two independent parts' products: 4 s t / n for each pair.
        squares = Max(0.0, 1.0 - share2) * 2.0 / sum.Units;
        SignalState result = sum with
        {
            CosineVariance = Min(1.0, root * root),
            Response = response,
            Members = members,
            Shift = shift - (0.5 * squares),
            Alignment = alignment,
        };
        if (parts.Count < 2 || squares == 0.0)
        {
            return result;
        }
        Fluctuation.Spread spread = result.Average(c => squares * c * c);
        int cause = fluctuation.Add(isGradient ? new(default, spread) : new(spread));
        return result with
        {
            Response = isGradient ? response.PlusGradient(cause) : response.PlusSignal(cause),
            Members = members?.Moved(
                -0.5 * squares,
                isGradient ? fluctuation.Draws(cause, ofGradient: true) : fluctuation.Draws(cause, ofGradient: false)
            ),
        };
    }

    /// <summary>E x y of two nodes at the same place, at two positions, of two examples.</summary>
    private (double Same, double Positions, double Examples) Products(int a, int b)
    {
        SignalState x = _states[a];
        if (a == b)
        {
            return (x.MeanSquare, x.PositionProduct, x.ExampleProduct);
        }
        double means = x.Mean * _states[b].Mean;
        (int earlier, int later) = (Min(a, b), Max(a, b));
        if (_nodes[later].Operation is not SignalOperation.Activate activate)
        {
            return (means, means, means);
        }
        int input = _nodes[later].Inputs[0];
        if (!_terms[input].TryGetValue(earlier, out double factor))
        {
            return (means, means, means);
        }
        // Cov(x, f(u)) = Cov(x, u) E f'(u).
        SignalState source = _states[earlier];
        double slope = factor * Response(activate.Activation, _states[input]).MeanSlope;
        double square = source.Mean * source.Mean;
        return (
            means + (slope * (source.MeanSquare - square)),
            means + (slope * (source.PositionProduct - square)),
            means + (slope * (source.ExampleProduct - square))
        );
    }

    private SignalState Concatenate(SignalNode node)
    {
        SignalState[] inputs = [.. node.Inputs.Select(input => _states[input])];
        double units = inputs.Sum(state => (double)state.Units);
        double Mean(Func<SignalState, double> of) => inputs.Sum(state => state.Units / units * of(state));
        double q = Mean(state => state.MeanSquare);
        Fluctuation.Response response = Fluctuation.Response.None;
        var (shift, root) = (0.0, 0.0);
        Members? members = _isByDraws ? Members.Still(inputs[0].Examples) : null;
        foreach (SignalState state in inputs)
        {
            double share = SignalState.Share(state.Units / units * state.MeanSquare, q);
            response = response.Plus(state.Response.Times(share));
            shift += share * state.Shift;
            root += share * Sqrt(state.CosineVariance);
            members = state.Members is null ? null : members?.Plus(state.Members.Times(share));
        }
        return inputs[0] with
        {
            Units = inputs.Sum(state => state.Units),
            MeanSquare = q,
            Mean = Mean(state => state.Mean),
            PositionProduct = Mean(state => state.PositionProduct),
            ExampleProduct = Mean(state => state.ExampleProduct),
            CosineVariance = root * root,
            Response = response,
            Members = members,
            Shift = shift,
        };
    }
}
