import { render } from 'preact';
import { createApp } from './app/app.tsx';
import './theme.css';

const root = document.getElementById('app');
if (root !== null) render(createApp(), root);
