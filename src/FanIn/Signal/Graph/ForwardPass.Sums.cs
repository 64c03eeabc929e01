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
        SignalState[] inputs =
        [
            .. node.Inputs.Select((input, i) => Weighted(input, weights.IsDefaultOrEmpty ? 1.0 : weights[i])),
        ];
        SignalState largest = inputs.MaxBy(state => (double)state.Positions * state.Examples)!;
        (double q, double positions, double examples) = (0.0, 0.0, 0.0);
        double[] shares = new double[inputs.Length];
        double pairs = 0.0;
        for (int i = 0; i < inputs.Length; i++)
        {
            q += inputs[i].MeanSquare;
            positions += inputs[i].PositionProduct;
            examples += inputs[i].ExampleProduct;
            shares[i] += inputs[i].MeanSquare;
            for (int j = 0; j < i; j++)
            {
                double weight = weights.IsDefaultOrEmpty ? 1.0 : weights[i] * weights[j];
                (double same, double position, double example) = Products(
                    _terms[node.Inputs[i]],
                    _terms[node.Inputs[j]]
                );
                q += 2.0 * weight * same;
                positions += 2.0 * weight * position;
                examples += 2.0 * weight * example;
                shares[i] += weight * same;
                shares[j] += weight * same;
                double both = inputs[i].MeanSquare * inputs[j].MeanSquare;
                double apart = 1.0 - Min(1.0, SignalState.Share(weight * same * (weight * same), both));
                pairs += both * apart * apart;
            }
        }
        q = Clamp(q, 0.0, SignalState.Most);
        SignalState sum = largest with
        {
            MeanSquare = q,
            Mean = inputs.Sum(input => input.Mean),
            PositionProduct = positions,
            ExampleProduct = examples,
        };
        return Composed(
            sum,
            [.. inputs.Select((input, i) => (input, SignalState.Share(shares[i], q)))],
            SignalState.Share(4.0 * pairs, q * q * sum.Units),
            isGradient: false,
            Fluctuation
        );
    }

    private SignalState Weighted(int input, double factor)
    {
        SignalState state = _states[input];
        return factor == 1.0 ? state : state.Scaled(factor * factor) with { Mean = factor * state.Mean };
    }

    /// <summary>What fluctuates in a sum: each part with its share, and the products of the parts.</summary>
    /// <param name="sum">Its second moments.</param>
    /// <param name="parts">Shares of the mean square add up to 1.</param>
    /// <param name="squares">
    /// The relative variance of twice the parts' products, over all pairs: 4 s t (1 - c^2)^2 / n of shares s and t and cosine c.
    /// </param>
    /// <param name="isGradient">Whether it is one.</param>
    /// <param name="fluctuation">The causes.</param>
    public static SignalState Composed(
        SignalState sum,
        IReadOnlyList<(SignalState State, double Share)> parts,
        double squares,
        bool isGradient,
        Fluctuation fluctuation
    )
    {
        if (parts is [{ Share: 1.0 } only])
        {
            return sum with
            {
                CosineVariance = only.State.CosineVariance,
                Response = only.State.Response,
                Members = only.State.Members,
                Shift = only.State.Shift,
                Alignment = only.State.Alignment,
            };
        }
        Fluctuation.Response response = Fluctuation.Response.None;
        var (shift, root, alignment, spreads) = (0.0, 0.0, 0.0, 0.0);
        Members? members = parts[0].State.Members is null ? null : Members.Still(sum.Examples);
        foreach ((SignalState state, double share) in parts)
        {
            response = response.Plus(state.Response.Times(share));
            shift += share * state.Shift;
            root += Abs(share) * Sqrt(state.CosineVariance);
            alignment += share * state.Alignment;
            spreads += share * fluctuation.Variance(state.Response).Single;
            members = state.Members is null ? null : members?.Plus(state.Members.Times(share));
        }
        // ln sum s e^x = sum s x + (sum s x^2 - (sum s x)^2) / 2.
        double constant = 0.5 * (spreads - fluctuation.Variance(response).Single - squares);
        SignalState result = sum with
        {
            CosineVariance = Min(1.0, root * root),
            Response = response,
            Members = members?.Moved(constant, examples => new double[Members.Count * examples]),
            Shift = shift + constant,
            Alignment = alignment,
        };
        if (squares == 0.0)
        {
            return result;
        }
        Fluctuation.Spread spread = result.Average(c => squares * c * c);
        int cause = fluctuation.Add(isGradient ? new(default, spread) : new(spread));
        return result with
        {
            Response = isGradient ? response.PlusGradient(cause) : response.PlusSignal(cause),
            Members = result.Members?.Moved(0.0, fluctuation.Draws(cause, isGradient)),
        };
    }

    /// <summary>E x y of two sums at the same place, at two positions, of two examples.</summary>
    private (double Same, double Positions, double Examples) Products(
        Dictionary<int, double> first,
        Dictionary<int, double> second
    )
    {
        (double same, double positions, double examples) = (0.0, 0.0, 0.0);
        foreach ((int a, double factorOfA) in first)
        {
            foreach ((int b, double factorOfB) in second)
            {
                (double s, double p, double e) = Products(a, b);
                same += factorOfA * factorOfB * s;
                positions += factorOfA * factorOfB * p;
                examples += factorOfA * factorOfB * e;
            }
        }
        return (same, positions, examples);
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
